import type { WebSearchResult } from "@onerouter/protocols";
import type { SearchOptions } from "./search-provider.ts";

type Domains = Pick<SearchOptions, "allowedDomains" | "blockedDomains">;

/** Adds the operators that most engines know, as far as they fit; what they let through is filtered afterwards. */
export function restrictQuery(query: string, { allowedDomains, blockedDomains }: Domains, maxLength: number): string {
  let result = query;
  if (allowedDomains !== undefined) {
    const sites = allowedDomains.map((domain) => `site:${domain}`).join(" OR ");
    if (result.length + sites.length + 3 <= maxLength) {
      result = allowedDomains.length === 1 ? `${result} ${sites}` : `${result} (${sites})`;
    }
  }
  for (const domain of blockedDomains ?? []) {
    const term = ` -site:${domain}`;
    if (result.length + term.length <= maxLength) result += term;
  }
  return result;
}

/** The results that may be shown, whatever the engine made of the operators. */
export function filterResults(
  results: WebSearchResult[],
  { allowedDomains, blockedDomains }: Domains,
): WebSearchResult[] {
  if (allowedDomains === undefined && blockedDomains === undefined) return results;
  return results.filter(({ url }) => {
    const address = URL.parse(url);
    if (address === null) return false;
    if (allowedDomains !== undefined && !allowedDomains.some((domain) => lies(address, domain))) return false;
    return blockedDomains === undefined || !blockedDomains.some((domain) => lies(address, domain));
  });
}

/** `example.com` covers its subdomains; `example.com/blog` what lies under that path. A scheme is forgiven. */
function lies(address: URL, domain: string): boolean {
  const [host = "", ...path] = domain
    .replace(/^https?:\/\//i, "")
    .replace(/^\*\./, "")
    .toLowerCase()
    .split("/");
  const hostname = address.hostname.toLowerCase();
  if (hostname !== host && !hostname.endsWith(`.${host}`)) return false;
  const prefix = withoutWildcard(path.join("/"));
  const place = address.pathname.toLowerCase().slice(1);
  return prefix === "" || place === prefix || place.startsWith(`${prefix}/`);
}

/** Without the slashes and stars at its end. */
function withoutWildcard(path: string): string {
  let end = path.length;
  while (end > 0 && "/*".includes(path.charAt(end - 1))) end -= 1;
  return path.slice(0, end);
}
