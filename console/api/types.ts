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
import type {
  ConflictSchema,
  PersonSchema,
  PersonSummarySchema,
  SharedIdentifierSchema,
} from '#schema/people';

export type { SourceKind } from '#schema/collect';
export type { Link, Permission, WhoAmI } from '#schema/identity';

export type Overview = Static<typeof OverviewSchema>;
export type Event = Static<typeof EventSchema>;
export type Quarantined = Static<typeof QuarantinedSchema>;
export type Source = Static<typeof SourceSchema>;
export type Person = Static<typeof PersonSchema>;
export type Identifier = Person['identifiers'][number];
export type PersonSummary = Static<typeof PersonSummarySchema>;
export type Conflict = Static<typeof ConflictSchema>;
export type Workspace = Static<typeof WorkspaceList>['items'][number];

export type Members = Static<typeof MemberPage>;
export type Member = Members['items'][number];
export type Invitations = Static<typeof InvitationPage>;
export type Invitation = Invitations['items'][number];
export type CreatedInvitation = Static<typeof CreatedInvitationSchema>;
export type Keys = Static<typeof KeyPage>;
export type Key = Keys['items'][number];
export type CreatedKey = Static<typeof CreatedKeySchema>;
export type OpenSessions = Static<typeof SessionPage>;
export type OpenSession = OpenSessions['items'][number];
export type AuditLines = Static<typeof AuditPage>;
export type AuditLine = AuditLines['items'][number];
export type SharedIdentifier = Static<typeof SharedIdentifierSchema>;
/** By section; what a section holds is the registering module's word. */
export type Settings = Record<string, object>;

/** A page of a list; `next` is handed back as `cursor`. */
export interface Page<T> {
  items: T[];
  next: string | null;
}
