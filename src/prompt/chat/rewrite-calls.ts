import { pythonStrip, type Side } from './python-strip.js';

/** Methods and filters that the Jinja library has without their argument, or with JavaScript's whitespace. */
const SIDES: ReadonlyMap<string, Side> = new Map([
  ['strip', 'both'],
  ['trim', 'both'],
  ['lstrip', 'left'],
  ['rstrip', 'right'],
]);

/** The functions that stand in for them, under names that no template can spell. */
export const STAND_INS = {
  ...Object.fromEntries([...SIDES].map(([name, side]) => [standInFor(name), strip.bind(undefined, side)])),
  // to a filter what is not there is an empty text
  [standInFor('trim')]: (text: unknown = '', characters?: unknown) => strip('both', text, characters),
  // Python escapes for HTML what is joined to such a text
  [standInFor('safe')](): never {
    throw new Error('it joins texts by the filter "safe", which is not followed here');
  },
};

function standInFor(name: string): string {
  return `<${name}>`;
}

function strip(side: Side, text: unknown, characters: unknown): string {
  if (typeof text !== 'string') throw new Error('only a text can be stripped');
  return pythonStrip(text, side, typeof characters === 'string' ? characters : undefined);
}

interface Node {
  type: string;
  [member: string]: unknown;
}

/** Makes a template's uses of these methods and filters, anywhere below `node`, calls of our functions. In place. */
export function rewriteCalls(node: unknown): void {
  if (Array.isArray(node)) {
    for (const element of node) rewriteCalls(element);
  } else if (node instanceof Map) {
    for (const [key, value] of node) rewriteCalls([key, value]);
  } else if (isNode(node)) {
    for (const member of Object.values(node)) rewriteCalls(member);
    if (node.type === 'CallExpression') rewriteMethod(node);
    if (node.type === 'FilterExpression') rewriteFilter(node);
    if (node.type === 'BinaryExpression') rewriteJoin(node);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** `text | safe + other` */
function rewriteJoin(node: Node): void {
  const { value } = node.operator as { readonly value?: unknown };
  const isSafe = (operand: unknown) =>
    isNode(operand) && operand.type === 'FilterExpression' && (operand.filter as Node).value === 'safe';
  if ((value !== '+' && value !== '~') || !(isSafe(node.left) || isSafe(node.right))) return;
  Object.assign(node, { type: 'CallExpression', callee: identifier(standInFor('safe')), args: [] });
}

/** `text.strip(characters)` */
function rewriteMethod(node: Node): void {
  const callee = node.callee as Node;
  const property = callee.property as Node | undefined;
  if (callee.type !== 'MemberExpression' || callee.computed || property === undefined) return;
  if (property.value === 'trim' || !SIDES.has(String(property.value))) return;
  node.args = [callee.object, ...(node.args as Node[])];
  node.callee = identifier(standInFor(String(property.value)));
}

/** `text | trim`, `text | trim(characters)` */
function rewriteFilter(node: Node): void {
  const filter = node.filter as Node;
  const name = filter.type === 'CallExpression' ? (filter.callee as Node).value : filter.value;
  if (name !== 'trim') return;
  const args = filter.type === 'CallExpression' ? (filter.args as Node[]) : [];
  Object.assign(node, {
    type: 'CallExpression',
    callee: identifier(standInFor('trim')),
    args: [node.operand, ...args],
  });
}

function identifier(value: string): Node {
  return { type: 'Identifier', value };
}
