import { formatNamedBy } from '../../domain/format-name.js';

/** Whether a file of a folder is data, by its name. */
export function isDataFile(name: string): boolean {
  return (
    formatNamedBy(name) !== undefined && !/^[._]|^(dataset_info|state|dataset_dict|config)\.json$/.test(name)
  );
}
