// Composes services from modules. Each module names its dependencies; a module that is added before
// one of its dependencies does not compile.

/** The services so far, by name, and a function that adds a module to them. */
export interface Composition<Services extends object> {
  readonly services: Services;
  /**
   * Creates a module from the services so far, and adds what it provides.
   * @throws TypeError if a name is already taken
   */
  add<Provided extends object>(
    create: (dependencies: Services) => Provided,
  ): Composition<Services & Provided>;
}

export function compose<Services extends object>(services: Services): Composition<Services> {
  return {
    services,
    add(create) {
      const provided = create(services);
      const taken = Object.keys(provided).find((name) => Object.hasOwn(services, name));
      if (taken !== undefined) throw new TypeError(`two modules provide ${taken}`);
      return compose({ ...services, ...provided });
    },
  };
}
