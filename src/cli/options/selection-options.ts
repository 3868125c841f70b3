import { type Command, Option } from 'commander';
import { FILTER_FAIL_POLICIES, KEEP_POLICIES } from '../../selection/selection-policy.js';
import { positiveNumber } from './number-option.js';

/** The options of every command that selects. Left out, they are those of the method. */
export function addSelectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--keep <what>', 'whose winners are kept (default: response-reflected)').choices(
        KEEP_POLICIES,
      ),
    )
    .addOption(
      new Option('--on-filter-fail <what>', 'when a winner fails a threshold (default: drop)').choices(
        FILTER_FAIL_POLICIES,
      ),
    )
    .option('--max-ifd <value>', 'keep only IFD below this (default: 1)', positiveNumber)
    .option('--max-rifd <value>', 'keep only r-IFD below this (default: 1)', positiveNumber);
}
