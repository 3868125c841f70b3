/** Numbers for people: English notation, whatever the locale, so that reports can be compared. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

/** 1234567 as `1,234,567`. */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** Three significant digits: 18234 as `18.2K`, 0.5 as `0.5`. */
export function formatCompact(value: number): string {
  return compact.format(value);
}

/** A share of 0 to 1 as a percentage. Only none is `0%` and only all is `100%`: neither is ever a rounding. */
export function formatShare(share: number): string {
  if (share === 0) return '0%';
  if (share === 1) return '100%';
  if (share < 0.001) return '<0.1%';
  if (share > 0.999) return '>99.9%';
  return `${(share * 100).toFixed(1)}%`;
}

/** A length of time, given in seconds, in its two largest units: `4.2 s`, `12 min 4 s`, `26 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** 1536 as `1.5 KiB`: one decimal, in the largest unit that it fills. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log2(bytes || 1) / 10)));
  return `${Number((bytes / 1024 ** power).toFixed(1))} ${units[power]}`;
}
