import { ServerAddress } from './server-address.js';

/**
 * Where a deployment on Azure is asked. A resource's address alone means the present protocol; one with an
 * `?api-version=` the dated one, in which every deployment has an address of its own.
 * @throws {ReflectionError} `invalid_option`.
 */
export function azureAddress(text: string, deployment: string): ServerAddress {
  const { origin, pathname, searchParams } = new URL(new ServerAddress(text).url(''));
  const given = new ServerAddress(text);
  if (/\/deployments\/|\/openai\/v1$/.test(pathname)) return given;
  const path = searchParams.has('api-version')
    ? `/openai/deployments/${encodeURIComponent(deployment)}`
    : '/openai/v1';
  return given.at(origin + path);
}

/** Where its files and batches are: in the dated protocol they belong to the resource. */
export function azureBatchAddress(address: ServerAddress): ServerAddress {
  const [resource, deployment] = address.endpoint.split('/deployments/');
  return deployment === undefined ? address : address.at(resource!);
}
