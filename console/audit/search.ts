export const auditGroups = [
  'segments',
  'people',
  'team',
  'key',
  'settings',
  'sources',
  'imports',
  'quarantine',
  'webhooks',
  'workspace',
] as const;
export type AuditGroup = (typeof auditGroups)[number];

export interface AuditSearch {
  group?: AuditGroup;
  actor?: string;
  from?: string;
  to?: string;
}

/** The filters, as the address holds them. */
export function auditSearch(search: Record<string, unknown>): AuditSearch {
  const group = auditGroups.find((one) => one === search.group);
  const day = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
      ? value
      : undefined;
  const [from, to] = [day(search.from), day(search.to)];
  return {
    ...(group ? { group } : {}),
    ...(typeof search.actor === 'string' && search.actor !== '' ? { actor: search.actor } : {}),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
  };
}
