import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A declaration in a file of type declarations. */
export interface Declaration {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  /** Only its type can be used. */
  readonly isType: boolean;
}

interface Origin {
  readonly file: string;
  readonly name: string;
  readonly isType: boolean;
}

/** What a file of type declarations, as the compiler writes them, declares and takes from its neighbours. */
interface DeclarationFile {
  readonly declarations: readonly Declaration[];
  /** Names from other files of ours, and which they are there. */
  readonly imports: ReadonlyMap<string, Origin>;
  readonly reExports: DeclarationFile['imports'];
}

const files = new Map<string, DeclarationFile>();

function read(file: string): DeclarationFile {
  const known = files.get(file);
  if (known !== undefined) return known;
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const declarations = text.split(/^(?=(?:export|declare|interface|type|import)\b)/m).flatMap((statement) => {
    const [, name] =
      /^(?:export )?(?:declare )?(?:abstract )?(?:interface|type|class|function|const)\s+(\w+)/.exec(
        statement,
      ) ?? [];
    const isType = /^(?:export )?(?:declare )?(?:interface|type)\b/.test(statement);
    return name === undefined ? [] : [{ file, name, text: statement, isType }];
  });
  const found = {
    declarations,
    imports: namesFrom('import', file, text),
    reExports: namesFrom('export', file, text),
  };
  files.set(file, found);
  return found;
}

function namesFrom(keyword: 'import' | 'export', file: string, text: string): DeclarationFile['imports'] {
  const statements = text.matchAll(
    new RegExp(`^${keyword} (type )?\\{([^}]*)\\} from '(\\..*?)\\.js';`, 'gm'),
  );
  return new Map(
    [...statements].flatMap(([, isType, names = '', path = '']) => {
      const entries = names.split(',').map((entry) => entry.trim());
      return entries
        .filter((entry) => entry !== '')
        .map((entry) => {
          const [name = '', alias = name] = entry.replace(/^type /, '').split(' as ');
          const origin = { file: join(dirname(file), `${path}.d.ts`), name };
          return [alias, { ...origin, isType: isType !== undefined || entry.startsWith('type ') }] as const;
        });
    }),
  );
}

/** The declarations of all names that an entry file exports, by name. */
export function exportedBy(entry: string): ReadonlyMap<string, readonly Declaration[]> {
  const names = [...read(entry).reExports];
  return new Map(names.map(([alias, origin]) => [alias, declarationsOf(origin)]));
}

function declarationsOf({ file, name, isType }: Origin): readonly Declaration[] {
  const { declarations, reExports } = read(file);
  const elsewhere = reExports.get(name);
  if (elsewhere !== undefined) return declarationsOf({ ...elsewhere, isType });
  return declarations
    .filter((declaration) => declaration.name === name)
    .map((declaration) => ({ ...declaration, isType: isType || declaration.isType }));
}

/** The types of ours that a declaration mentions where its reader can see them. */
export function mentionedIn({ file, name, text, isType }: Declaration): readonly Declaration[] {
  const { declarations, imports } = read(file);
  const visible = text.replace(isType ? /^\s*(?:private .*|constructor\(.*)$/gm : /^\s*private .*$/gm, '');
  const words = new Set(visible.match(/\b[A-Z]\w*/g) ?? []);
  words.delete(name);
  return [...words]
    .flatMap((word) => {
      const from = imports.get(word);
      return from === undefined ? declarations.filter((other) => other.name === word) : declarationsOf(from);
    })
    .filter(({ text }) => !/^(?:export )?(?:declare )?(?:const|function)\b/.test(text));
}
