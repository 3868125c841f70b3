export const tunedCpuFile: string;
export const serverFile: string;

export function platformBinaries(variant: string): string | undefined;
export function librariesDirectory(): string | undefined;
