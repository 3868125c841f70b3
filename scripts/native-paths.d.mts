export const tunedCpuFile: string;
export const serverFile: string;

export function platformBinaries(variant: string): string | undefined;
export function librariesDirectory(): string | undefined;
/** llama.cpp’s sources as a git bundle; undefined when node-llama-cpp is not installed. */
export const bundle: string | undefined;
