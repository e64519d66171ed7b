import Type, { type Static } from 'typebox';

/** Everything that a role or a key can be allowed to do. A route names the one it needs. */
export const PERMISSIONS = [
  'people:read',
  'people:write',
  'erase',
  'events:read',
  'events:write',
  'sources:read',
  'sources:write',
  'imports:read',
  'imports:write',
  'segments:read',
  'segments:write',
  'points:read',
  'points:write',
  'rewards:read',
  'rewards:write',
  'rewards:redeem',
  'team:read',
  'team:write',
  'keys:read',
  'keys:write',
  'settings:read',
  'settings:write',
  'audit:read',
  'webhooks:read',
  'webhooks:write',
] as const;

export const ROLES = ['owner', 'marketer', 'analyst', 'clerk'] as const;

export const Permission = Type.Enum(PERMISSIONS);
export type Permission = (typeof PERMISSIONS)[number];

export const Role = Type.Enum(ROLES);
export type Role = (typeof ROLES)[number];

const Id = Type.String({ format: 'uuid' });
const At = Type.String({ format: 'date-time', description: 'UTC, ISO 8601' });
const Cursor = Type.Union([Type.String(), Type.Null()], {
  description: 'Hand it back as `cursor` for the next page; null on the last page',
});
/** Long enough for any password manager, short enough that hashing it stays cheap. */
const Password = Type.String({ minLength: 1, maxLength: 256 });
const Email = Type.String({ minLength: 3, maxLength: 254, examples: ['ann@example.com'] });

/** Query of a list that pages by cursor. */
const Page = {
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'From the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
};

function pageOf<T extends Type.TSchema>(item: T) {
  return Type.Object({ items: Type.Array(item), cursor: Cursor });
}

// --- workspaces and their settings ---

/** What a brand is called and where it keeps its days and its money. */
export const WorkspaceProfile = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 80 }),
  timeZone: Type.String({ maxLength: 64, examples: ['Europe/London'], description: 'IANA name' }),
  country: Type.String({ pattern: '^[A-Z]{2}$', examples: ['GB'], description: 'ISO 3166-1 alpha-2' }),
  currency: Type.String({ pattern: '^[A-Z]{3}$', examples: ['GBP'], description: 'ISO 4217' }),
});
export type WorkspaceProfile = Static<typeof WorkspaceProfile>;

/** The section `languages`. */
export const LanguageSettings = Type.Object(
  {
    console: Type.Enum(['reader', 'en', 'zh'], {
      description:
        'The language of the console for whoever has not chosen one: that of their browser, or this one',
    }),
  },
  { title: 'Languages' },
);
export type LanguageSettings = Static<typeof LanguageSettings>;

export const languageDefaults: LanguageSettings = { console: 'reader' };

export const Slug = Type.String({ pattern: '^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$', examples: ['acme'] });

export const Workspace = Type.Object({
  id: Id,
  slug: Slug,
  ...WorkspaceProfile.properties,
  language: LanguageSettings.properties.console,
  createdAt: At,
});

export const NewWorkspace = Type.Object({
  name: WorkspaceProfile.properties.name,
  slug: Type.Optional(Slug),
  timeZone: Type.Optional(WorkspaceProfile.properties.timeZone),
  country: Type.Optional(WorkspaceProfile.properties.country),
  currency: Type.Optional(WorkspaceProfile.properties.currency),
});
export type NewWorkspace = Static<typeof NewWorkspace>;

export const WorkspaceList = Type.Object({ items: Type.Array(Workspace) });

// --- sessions ---

export const SignIn = Type.Object({ email: Email, password: Password });

const Membership = Type.Object({
  workspace: Type.Object({ id: Id, slug: Slug, name: Type.String() }),
  role: Type.Union([Role, Type.Null()], { description: 'null for a key, which has permissions of its own' }),
  permissions: Type.Array(Permission),
});

/** Who the credentials of this request stand for. */
export const WhoAmI = Type.Object({
  kind: Type.Enum(['user', 'key', 'cli']),
  user: Type.Union([Type.Object({ id: Id, email: Type.String(), name: Type.String() }), Type.Null()]),
  operator: Type.Boolean({ description: 'May create further workspaces' }),
  memberships: Type.Array(Membership),
  csrf: Type.Union([Type.String(), Type.Null()], {
    description: 'For sessions: send it as the header `Pando-Csrf` with every write',
  }),
});
export type WhoAmI = Static<typeof WhoAmI>;

const Session = Type.Object({
  id: Id,
  user: Type.Object({ id: Id, email: Type.String(), name: Type.String() }),
  current: Type.Boolean({ description: 'The session of this very request' }),
  createdAt: At,
  seenAt: At,
  expiresAt: At,
  address: Type.String({ description: 'Where it signed in from' }),
  agent: Type.String({ description: 'The browser, as it names itself' }),
});
export const SessionPage = pageOf(Session);

export const Ended = Type.Object({ ended: Type.Integer({ description: 'How many sessions were ended' }) });

export const NewPassword = Type.Object({ current: Password, password: Password });

/** What somebody may change about themselves; the team sees the name. */
export const OwnProfile = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 80, pattern: '\\S', description: 'As the team sees it' }),
});

// --- secret keys ---

export const Key = Type.Object({
  id: Id,
  name: Type.String(),
  scopes: Type.Array(Permission),
  hint: Type.String({ description: 'The last four characters, to tell keys apart' }),
  createdAt: At,
  createdBy: Type.String({ examples: ['user:01890a5d-ac96-774b-bcce-b302099a8057'] }),
  lastUsedAt: Type.Union([At, Type.Null()], { description: 'To the minute' }),
  revokedAt: Type.Union([At, Type.Null()]),
});
export type Key = Static<typeof Key>;
export const KeyPage = pageOf(Key);

export const NewKey = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 80 }),
  scopes: Type.Array(Permission, { minItems: 1, uniqueItems: true }),
});

export const CreatedKey = Type.Object({
  ...Key.properties,
  secret: Type.String({ description: 'Shown this once; only its hash is kept' }),
});

// --- the team ---

const Member = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  role: Role,
  joinedAt: At,
  seenAt: Type.Union([At, Type.Null()], { description: 'Of the sessions that are open' }),
});
export const MemberPage = pageOf(Member);

export const MemberId = Type.Object({ userId: Id });
export const ById = Type.Object({ id: Id });
export const PageQuery = Type.Object(Page);

const Invitation = Type.Object({
  id: Id,
  email: Type.String(),
  role: Role,
  invitedBy: Type.String(),
  createdAt: At,
  expiresAt: At,
});
export const InvitationPage = pageOf(Invitation);

export const NewInvitation = Type.Object({ email: Email, role: Role });

/** A link that stands for a secret: whoever has it may use it, once, until it expires. */
export const Link = Type.Object({
  url: Type.String({ description: 'Hand it to the person; it is shown this once' }),
  token: Type.String({ description: 'The part of the link behind the #' }),
  expiresAt: At,
});
export type Link = Static<typeof Link>;

export const CreatedInvitation = Type.Object({ ...Invitation.properties, link: Link });

const Token = Type.String({ minLength: 16, maxLength: 128 });
export const TokenOnly = Type.Object({ token: Token });

export const OpenInvitation = Type.Object({
  email: Type.String(),
  role: Role,
  workspace: Type.Object({ slug: Slug, name: Type.String() }),
  known: Type.Boolean({ description: 'The address has an account: accept with its present password' }),
});

export const Acceptance = Type.Object({
  token: Token,
  password: Password,
  name: Type.Optional(Type.String({ maxLength: 80 })),
});

export const PasswordReset = Type.Object({ token: Token, password: Password });

export const RoleChange = Type.Object({ role: Role });

// --- the audit list ---

const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: At,
  actor: Type.String({ description: '`user:<id>`, `key:<id>`, `cli` or `program`' }),
  actorName: Type.Union([Type.String(), Type.Null()], {
    description: 'Name of the member or of the key, also of former ones',
  }),
  action: Type.String({ examples: ['team.invited'] }),
  subject: Type.String({ examples: ['person:01890a5d-ac96-774b-bcce-b302099a8057'] }),
  detail: Type.Record(Type.String(), Type.Unknown()),
});
export const AuditPage = pageOf(AuditEntry);

export const AuditQuery = Type.Object({
  ...Page,
  action: Type.Optional(
    Type.String({ maxLength: 80, description: 'A whole action, or a group: `team.` is all of team' }),
  ),
  actor: Type.Optional(Type.String({ maxLength: 80 })),
  subject: Type.Optional(Type.String({ maxLength: 200 })),
  from: Type.Optional(At),
  to: Type.Optional(Type.String({ format: 'date-time', description: 'Exclusive' })),
});

// --- what this module says no to ---

export const refusalKinds = {
  'not-signed-in': { status: 401, title: 'No valid credentials' },
  'wrong-password': { status: 401, title: 'E-mail or password is wrong' },
  'not-allowed': { status: 403, title: 'Not allowed' },
  'no-such-workspace': { status: 403, title: 'No such workspace for these credentials' },
  'workspace-needed': { status: 400, title: 'Say which workspace' },
  'csrf-failed': { status: 403, title: 'The request does not come from our own page' },
  'too-many-attempts': { status: 429, title: 'Too many attempts' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'email-invalid': { status: 400, title: 'Not an e-mail address' },
  'password-too-weak': { status: 400, title: 'The password is too easy to guess' },
  'link-invalid': { status: 410, title: 'The link is used up, expired or wrong' },
  'already-member': { status: 409, title: 'Already a member of the team' },
  'member-not-found': { status: 404, title: 'No such member of the team' },
  'invitation-not-found': { status: 404, title: 'No such open invitation' },
  'last-owner': { status: 409, title: 'At least one owner must remain' },
  'works-elsewhere': { status: 409, title: 'The account also belongs to another workspace' },
  'user-not-found': { status: 404, title: 'No such user' },
  'session-not-found': { status: 404, title: 'No such session' },
  'key-not-found': { status: 404, title: 'No such key' },
  'key-too-weak': { status: 400, title: 'The secret key is too easy to guess' },
  'slug-taken': { status: 409, title: 'The short name is taken' },
  'slug-invalid': { status: 400, title: 'Not a short name' },
  'too-many-workspaces': { status: 409, title: 'No room for another workspace' },
  'setting-unknown': { status: 400, title: 'No such setting' },
  'setting-invalid': { status: 400, title: 'The setting cannot have this value' },
  'cursor-invalid': { status: 400, title: 'The cursor is not one of ours' },
} as const;
