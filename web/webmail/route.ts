/** Where one is: `#/mail/<mailbox>/<mail>`. A mailbox with a role is called by it. Pure but for `go`. */

export interface Route {
  /** Role or id; null: nothing chosen yet. */
  readonly mailbox: string | null;
  readonly email: string | null;
}

export function parseRoute(hash: string): Route {
  const [, mailbox = null, email = null] = /^#\/mail\/([\w-]+)(?:\/([\w-]+))?$/.exec(hash) ?? [];
  return { mailbox, email };
}

export function routeText({ mailbox, email }: Route): string {
  return `#/mail/${mailbox ?? 'inbox'}${email === null ? '' : `/${email}`}`;
}

export function go(route: Route): void {
  location.hash = routeText(route);
}
