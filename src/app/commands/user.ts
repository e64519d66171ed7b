import { withDoor } from '../door.ts';
import type { AddCommand } from '../terminal.ts';

export const addUser: AddCommand = (program, io) => {
  const user = program.command('user').description('the accounts of the team');
  user
    .command('reset')
    .description('make a link by which somebody sets a new password; whoever has the link can do so')
    .argument('<email>', 'the address they sign in with')
    .option('--json', 'one JSON object, for programs')
    .action(async (email: string, { json }: { json?: boolean }) => {
      const link = await withDoor((door) =>
        door.ask<{ url: string; expiresAt: string }>('/api/operator/reset-links', { body: { email } }),
      );
      io.out(
        json
          ? `${JSON.stringify(link)}\n`
          : `${link.url}\n\nIt works once, until ${link.expiresAt}, while Pando runs. Hand it to nobody else.\n`,
      );
    });
};
