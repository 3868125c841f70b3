const INDENT = '    ';

/**
 * JSON as Python's `json.dump(value, file, indent=4)` writes it: everything beyond ASCII escaped, NaN and the
 * infinities bare, floats in Python's notation. Python tells 1 from 1.0 and JavaScript does not: whole numbers
 * are written as integers.
 */
export function formatPythonJson(value: unknown, indentation = ''): string {
  if (typeof value === 'string') return formatPythonString(value);
  if (typeof value === 'number') return formatPythonNumber(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = indentation + INDENT;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const items = Array.isArray(value)
    ? value.map((item) => formatPythonJson(item, inner))
    : Object.entries(value).map(
        ([key, item]) => `${formatPythonString(key)}: ${formatPythonJson(item, inner)}`,
      );
  if (items.length === 0) return `${open}${close}`;
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indentation}${close}`;
}

/** A number known to be a float: a whole one ends in `.0`, from 1e16 on it is written with an exponent. */
export function formatPythonFloat(value: number): string {
  if (!Number.isInteger(value)) return formatPythonNumber(value);
  return Math.abs(value) < 1e16 ? `${value}.0` : value.toExponential();
}

function formatPythonNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (Math.abs(value) >= 1e-4) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

export function formatPythonString(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
