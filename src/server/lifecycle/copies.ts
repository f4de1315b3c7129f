// Data that a process keeps in memory without an expiry, such as settings that operators change at run time.
// All of it is loaded at startup. A server reloads it twice a second; a function, which may have been frozen,
// reloads it before a request.

interface Copy {
  load(): Promise<void>;
}

export interface Copies {
  readonly activeProviders: Copy;
  readonly activeBrand: Copy;
  readonly activeLogOverride: Copy;
  readonly signingKeySet: { refresh(): Promise<void> };
}

export async function loadCopies(copies: Copies): Promise<void> {
  const { activeProviders, activeBrand, activeLogOverride, signingKeySet } = copies;
  await Promise.all([
    activeProviders.load(),
    activeBrand.load(),
    activeLogOverride.load(),
    signingKeySet.refresh(),
  ]);
}
