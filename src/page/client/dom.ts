import { visibleText } from '../visible-text.js';

type Child = Node | string | undefined;

/** Options of an element: attributes by name, of which `undefined` is left out. */
type Attributes = Readonly<Record<string, string | undefined>>;

/**
 * Makes an element. Texts become text nodes, never markup, with what could turn or hide a part of them spelled out; no
 * attribute is ever a handler.
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, key === 'title' ? visibleText(value) : value);
  }
  for (const child of children) {
    if (child !== undefined) made.append(typeof child === 'string' ? visibleText(child) : child);
  }
  return made;
}

/** An element of the page that is always there. */
export function byId<Type extends HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element ${id}`);
  return found as Type;
}
