import { ReflectionError } from '../../../errors.js';
import { named } from '../../../options/option-name.js';
import { closestName } from '../../../util/closest-name.js';
import type { ChatFault } from '../chat/chat-fault.js';
import { listModels } from './list-models.js';
import type { ServerAddress } from './server-address.js';
import type { ServerConnection } from './server-connection.js';

/** Where servers have the protocol, behind their origin. */
const USUAL_PATHS = ['/v1', '/api/v1', '/openai/v1', '/v1beta/openai'];
const MOST_MODELS_NAMED = 10;

/**
 * Says which model or address would be right where the given one is wrong, by looking at the server's list of models. What
 * goes wrong with that leaves the server's own words.
 */
export async function explainNotFound(
  fault: ChatFault,
  model: string,
  address: ServerAddress,
  connection: ServerConnection,
  signal: AbortSignal,
): Promise<ReflectionError> {
  const here = (await listModels(connection, address, signal))?.map(({ id }) => id);
  if (here !== undefined && !here.includes(model)) {
    const meant = closestName(model, here);
    const names = [...new Set([...(meant === undefined ? [] : [meant]), ...here])].slice(
      0,
      MOST_MODELS_NAMED,
    );
    const more = here.length > names.length ? ` and ${here.length - names.length} more` : '';
    return refusal(
      `The teacher's server has no model ${JSON.stringify(model)}. ${fault.detail}`,
      here.length === 0 ? 'Load a model there.' : `Name one that it has: ${names.join(', ')}${more}.`,
      fault,
    );
  }
  if (here !== undefined) {
    return refusal(
      `The teacher's server lists the model ${JSON.stringify(model)}, and turns it away. ${fault.detail}`,
      'Do what it says, or load the model there.',
      fault,
    );
  }
  const { origin, pathname } = new URL(address.endpoint);
  const others = [`${pathname}/v1`, pathname.replace(/\/v1$/, ''), ...USUAL_PATHS].filter(
    (path) => path !== pathname,
  );
  for (const path of new Set(others)) {
    const models = await listModels(connection, address.at(origin + path), signal);
    if (models === undefined) continue;
    return refusal(
      `There is no teacher at ${address.endpoint}. ${fault.detail}`,
      `Use ${named('baseUrl')} ${origin}${path}, where its server is.`,
      fault,
    );
  }
  return refusal(
    `The teacher has no such model or address. ${fault.detail}`,
    `Check the model's name and ${named('baseUrl')}, which ends in /v1 as a rule.`,
    fault,
  );
}

function refusal(message: string, remedy: string, { cause }: ChatFault): ReflectionError {
  return new ReflectionError('teacher_unusable', message, { remedy, cause });
}
