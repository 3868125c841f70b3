/** As a dataset's name: standard input. A file that is called so is `./-`. */
export const STANDARD_INPUT = '-';
