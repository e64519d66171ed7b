// The shapes of the API, read off the modules' own schemas; nothing is defined a second time.
import type { Static } from 'typebox';
import type { EventSchema, QuarantinedSchema, SourceSchema } from '#schema/collect';
import type {
  AuditPage,
  CreatedInvitation as CreatedInvitationSchema,
  CreatedKey as CreatedKeySchema,
  InvitationPage,
  KeyPage,
  MemberPage,
  SessionPage,
  WorkspaceList,
} from '#schema/identity';
import type { Overview as OverviewSchema } from '#schema/insight';
import type { ConflictSchema, IdentifierSchema, PersonSchema, PersonSummarySchema } from '#schema/people';

export type { SourceKind } from '#schema/collect';
export type { Permission, Role, WhoAmI } from '#schema/identity';

export type Overview = Static<typeof OverviewSchema>;
export type Event = Static<typeof EventSchema>;
export type Quarantined = Static<typeof QuarantinedSchema>;
export type Source = Static<typeof SourceSchema>;
export type Person = Static<typeof PersonSchema>;
export type Identifier = Static<typeof IdentifierSchema>;
export type PersonSummary = Static<typeof PersonSummarySchema>;
export type Conflict = Static<typeof ConflictSchema>;
export type Workspace = Static<typeof WorkspaceList>['items'][number];
export type Member = Static<typeof MemberPage>['items'][number];
export type Invitation = Static<typeof InvitationPage>['items'][number];
export type CreatedInvitation = Static<typeof CreatedInvitationSchema>;
export type Session = Static<typeof SessionPage>['items'][number];
export type Key = Static<typeof KeyPage>['items'][number];
export type CreatedKey = Static<typeof CreatedKeySchema>;
export type AuditEntry = Static<typeof AuditPage>['items'][number];

/** A page of a list; `next` is handed back as `cursor`. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
