/** `file`: the addon to use. `reasons`: why there is none, a phrase for each place looked at. */
export type AddonChoice =
  | { readonly file: string; readonly reasons?: undefined }
  | { readonly file?: undefined; readonly reasons: readonly string[] };

/** Why an addon is not for this installation; undefined when it is. */
export function whyUnfit(addon: string): string | undefined;
export function writeAddonRecord(addon: string): void;
export function chooseAddon(): AddonChoice;
export function loadAddon(addon: string): unknown;
