import { hash } from 'node:crypto';
import { optionError } from '../../../options/option-error.js';
import { named } from '../../../options/option-name.js';
import type { JsonObject } from '../../../util/json-value.js';
import type { TeacherServer } from '../../teacher.js';
import { type ApiKey, type ApiKeyOptions, readApiKey, refuseUnencrypted } from './api-key.js';
import { azureAddress, azureBatchAddress } from './azure-address.js';
import { type Extras, type ExtrasOptions, readExtras } from './extras.js';
import { proxyFor } from './proxy.js';
import { createRedactor, type Redact } from './secrets.js';
import { OPENAI_ENDPOINT, ServerAddress } from './server-address.js';
import { ServerConnection } from './server-connection.js';

/** How long files and batches may go without a byte; a chat has a deadline of its own. Milliseconds. */
const BATCH_IDLE_TIMEOUT_MS = 300_000;

/** Whose protocol a server speaks: they differ in addresses and in how a key is sent. */
export type Provider = 'openai' | 'azure';

export interface ServerOptions extends Omit<ApiKeyOptions, 'defaultVariable'>, ExtrasOptions {
  /** Default `openai`. */
  readonly provider?: Provider | undefined;
  /** The model's name; on Azure the deployment's. */
  readonly model: string;
  /** Default: the environment's OPENAI_BASE_URL, else OpenAI's own; for Azure AZURE_OPENAI_ENDPOINT. */
  readonly baseUrl?: string | undefined;
}

/** A server that can be asked, and what may be said of it. */
export interface OpenedServer {
  /** Tells apart what could reply differently: the model, where it runs, and what is sent along. */
  readonly id: string;
  /** Without secrets. */
  readonly description: TeacherServer;
  readonly extras: Extras;
  readonly redact: Redact;
  readonly address: ServerAddress;
  connect(maxResponseBytes: number): ServerConnection;
  /** The same for files and batches. */
  connectToBatches(maxResponseBytes: number): ServerConnection;
  /** The route that a request of a batch is meant for. */
  readonly batchRoute: string;
}

/**
 * Finds out where a server is and what to send along. Nothing is sent yet.
 * @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`.
 */
export function openServer(options: ServerOptions): OpenedServer {
  const { provider = 'openai', model } = options;
  const address = addressOf(options);
  const extras = readExtras(options);
  const key = hasOwnKey(extras) ? null : readApiKey(address.url(''), keyOptions(options));
  const secrets = [...extras.secrets, ...address.secrets];
  refuseUnencrypted(secrets, address.url(''), options);
  const proxy = proxyFor(address.url(''));
  const headers = { ...keyHeader(provider, key), ...extras.headers };
  const connect = (maxResponseBytes: number) => new ServerConnection({ address, headers, maxResponseBytes });
  const batchAddress = provider === 'azure' ? azureBatchAddress(address) : address;
  const connectToBatches = (maxResponseBytes: number) =>
    new ServerConnection({
      ...{ address: batchAddress, headers, maxResponseBytes },
      idleTimeoutMs: BATCH_IDLE_TIMEOUT_MS,
    });
  return {
    id: identify(provider, model, address, options.extraBody ?? {}),
    description: {
      name: `${provider}:${model}`,
      endpoint: address.endpoint,
      keyVariable: key?.variable ?? null,
      proxy: proxy?.origin ?? null,
    },
    extras,
    redact: createRedactor([...(key ? [key.value] : []), ...secrets, ...(proxy ? [proxy.password] : [])]),
    address,
    connect,
    connectToBatches,
    batchRoute: provider === 'azure' ? '/chat/completions' : '/v1/chat/completions',
  };
}

function addressOf({ provider, model, baseUrl }: ServerOptions): ServerAddress {
  if (provider !== 'azure') {
    return new ServerAddress(baseUrl ?? (process.env.OPENAI_BASE_URL || OPENAI_ENDPOINT));
  }
  const text = baseUrl ?? process.env.AZURE_OPENAI_ENDPOINT;
  if (text !== undefined && text !== '') return azureAddress(text, model);
  throw optionError(
    'baseUrl',
    `${named('baseUrl')} is missing: a deployment on Azure needs its resource's address.`,
    {
      remedy: `Give ${named('baseUrl')} https://<resource>.openai.azure.com, or set AZURE_OPENAI_ENDPOINT.`,
    },
  );
}

function keyOptions({ provider, apiKeyVariable, allowInsecureHttp }: ServerOptions): ApiKeyOptions {
  const defaultVariable = provider === 'azure' ? 'AZURE_OPENAI_API_KEY' : undefined;
  return { apiKeyVariable, allowInsecureHttp, defaultVariable };
}

/** A user who sends a key in a header of their own needs no other. */
function hasOwnKey({ headers }: Extras): boolean {
  return 'authorization' in headers || 'api-key' in headers;
}

function keyHeader(provider: Provider, key: ApiKey | null): Readonly<Record<string, string>> {
  if (key === null) return {};
  return provider === 'azure' ? { 'api-key': key.value } : { authorization: `Bearer ${key.value}` };
}

/** OpenAI's own server goes without saying; variables stand in what is sent along as they are written. */
function identify(
  provider: Provider,
  model: string,
  { identity }: ServerAddress,
  extraBody: JsonObject,
): string {
  const place = identity === OPENAI_ENDPOINT ? '' : `@${identity}`;
  const digest = hash('sha256', JSON.stringify(extraBody), 'hex').slice(0, 8);
  return `${provider}:${model}${place}${Object.keys(extraBody).length === 0 ? '' : `+${digest}`}`;
}
