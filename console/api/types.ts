// The shapes of the API, read off the modules' own schemas; nothing is defined a second time.
import type { Static } from 'typebox';
import type {
  EventSchema,
  LiveEvents,
  QuarantinedSchema,
  SeenEvents as SeenEventsSchema,
  SeenProperties as SeenPropertiesSchema,
  SourceSchema,
  TraitHistorySchema,
} from '#schema/collect';
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
import type { Presets as PresetsSchema } from '#schema/imports';
import type {
  AskedPersonSchema,
  ConflictSchema,
  ConsentEvidenceSchema,
  PeopleCountSchema,
  PersonSchema,
  PersonSummarySchema,
  SharedIdentifierSchema,
  TraitNameSchema,
} from '#schema/people';
import type { ComputedList, ValuesOfPerson } from '#schema/segments/computed';
import type {
  History,
  MemberPage as MembersOfSegment,
  OfPerson,
  Overlap,
  Why,
  WhyPart,
} from '#schema/segments/live';
import type { DeliverySchema, WebhookSchema, WebhookTypeSchema, WithSecretSchema } from '#schema/webhooks';

export type { SourceKind } from '#schema/collect';
export type { Link, Permission, WhoAmI } from '#schema/identity';
export type { Guess, Import, RejectPage } from '#schema/imports';
export type { Funnel, Pulse, Worth } from '#schema/insight';
export type { SegmentList, SegmentSizes, SegmentView as Segment, WhyPart } from '#schema/segments/live';

export type Computed = Static<typeof ComputedList>;
export type ComputedOfPerson = Static<typeof ValuesOfPerson>;
export type SegmentHistory = Static<typeof History>;
export type SegmentMove = SegmentHistory['items'][number];
export type SegmentMember = Static<typeof MembersOfSegment>['items'][number];
export type SegmentOverlap = Static<typeof Overlap>;
export type SegmentsOfPerson = Static<typeof OfPerson>;
export type SegmentWhy = Omit<Static<typeof Why>, 'why'> & { why: WhyPart };
export type Webhook = Static<typeof WebhookSchema>;
export type WebhookWithSecret = Static<typeof WithSecretSchema>;
export type WebhookType = Static<typeof WebhookTypeSchema>;
export type WebhookDelivery = Static<typeof DeliverySchema>;

export type Event = Static<typeof EventSchema>;
/** What lists of events show; the rest of an event is asked for when it is opened. */
export type EventInShort = LiveEvents['items'][number];
export type Quarantined = Static<typeof QuarantinedSchema>;
export type SeenEvents = Static<typeof SeenEventsSchema>;
export type SeenProperties = Static<typeof SeenPropertiesSchema>;
export type Source = Static<typeof SourceSchema>;
export type Person = Static<typeof PersonSchema>;
export type Identifier = Person['identifiers'][number];
export type AskedPerson = Static<typeof AskedPersonSchema>;
export type PersonSummary = Static<typeof PersonSummarySchema>;
export type PeopleCount = Static<typeof PeopleCountSchema>;
export type ConsentEvidence = Static<typeof ConsentEvidenceSchema>;
export type TraitHistory = Static<typeof TraitHistorySchema>;
export type TraitName = Static<typeof TraitNameSchema>;
export type Conflict = Static<typeof ConflictSchema>;
export type Presets = Static<typeof PresetsSchema>;
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

/** What the topics of the stream tell; where a page only asks anew, what it is about does not matter. */
export interface LiveNews {
  events: LiveEvents;
  people: { moved: number; erased: number; ids: string[]; more: boolean };
  conflicts: { open: number };
  sources: { all: number; heard: number; archived: number };
  quarantine: { events: number };
  imports: unknown;
  settings: { sections: string[] };
  /** Into which people came, or out of which they went; `more`: others, too. */
  segments: { segments: string[]; more: boolean };
}
