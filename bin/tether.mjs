// Loaded before a program that bin/run.mjs started: when that one is killed outright, this one stops too.
const own = process.execArgv.findIndex(
  (arg, i, all) => all[i - 1] === '--import' && arg.endsWith('/tether.mjs'),
);
// Children that the program forks must not inherit this.
if (own > 0) process.execArgv.splice(own - 1, 2);

if (process.channel) {
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // The tether alone is no reason to go on running.
  process.channel.unref();
}
