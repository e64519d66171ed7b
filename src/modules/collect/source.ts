import type { SourceKind } from './schema.ts';

/** An entrance for data. */
export interface Source {
  id: number;
  uuid: string;
  workspaceId: number;
  name: string;
  kind: SourceKind;
  writeKey: string;
  createdAt: Date;
  archived: boolean;
}
