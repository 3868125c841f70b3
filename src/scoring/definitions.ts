import type { DefinitionName } from '../options/choices.js';
import type { Definition } from './definition.js';
import { EXACT_DEFINITION } from './exact-definition.js';
import { REFERENCE_DEFINITION } from './reference-definition.js';

export const DEFINITIONS: Readonly<Record<DefinitionName, Definition>> = {
  exact: EXACT_DEFINITION,
  reference: REFERENCE_DEFINITION,
};
