/** The first that fits tells: most browsers claim to be others as well. */
const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger\//, 'WeChat'],
  [/Edg(?:e|A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/SamsungBrowser\//, 'Samsung Internet'],
  [/Firefox\/|FxiOS\//, 'Firefox'],
  [/Chrome\/|CriOS\/|Chromium\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/curl\//, 'curl'],
];
const systems: readonly [RegExp, string][] = [
  [/iPhone|iPod/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/HarmonyOS|OpenHarmony/, 'HarmonyOS'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Macintosh|Mac OS X/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux|X11/, 'Linux'],
];

/** What a browser calls itself, in two words; null for what is not known. */
export function deviceOf(agent: string): { browser: string | null; system: string | null; isPhone: boolean } {
  const find = (list: typeof browsers) => list.find(([shape]) => shape.test(agent))?.[1] ?? null;
  return {
    browser: find(browsers),
    system: find(systems),
    isPhone: /iPhone|iPod|Android|Mobile|HarmonyOS/.test(agent),
  };
}
