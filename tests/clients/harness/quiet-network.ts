/**
 * Sends whatever an agent would call besides the gateway to a port where nobody listens, so that a test neither needs the
 * network nor passes by its help.
 */
export const quietNetwork: Readonly<Record<string, string>> = {
  HTTP_PROXY: "http://127.0.0.1:9",
  HTTPS_PROXY: "http://127.0.0.1:9",
  NO_PROXY: "127.0.0.1,localhost",
};
