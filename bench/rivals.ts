/** Processes that the gateway is measured beside: Debian's HAProxy and nginx, and bare Deno servers. */

export type Process = { pid: number; stop(): Promise<void> };

export function start(
  command: string,
  args: string[],
  env: Record<string, string> = {},
  isQuiet = true,
): Process {
  const child = new Deno.Command(command, {
    args,
    env,
    stdout: isQuiet ? "null" : "inherit",
    stderr: isQuiet ? "null" : "inherit",
  }).spawn();
  return {
    pid: child.pid,
    async stop() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended already.
      }
      await child.status;
    },
  };
}

/** Waits until `url` answers at all. */
export async function answers(url: string, init: RequestInit = {}): Promise<void> {
  const endsAt = performance.now() + 30_000;
  for (;;) {
    try {
      await (await fetch(url, init)).body?.cancel();
      return;
    } catch (error) {
      if (performance.now() > endsAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** What all of them forward to: nginx that answers a small JSON document out of memory. */
export const upstreamConfig = (folder: string, port: number) => `
daemon off; master_process off; pid ${folder}/upstream.pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 10000000;
  server {
    listen 127.0.0.1:${port} reuseport;
    location / { default_type application/json; return 200 '{"status":"ready","items":[],"nextCursor":null}'; }
  }
}
`;

/** auth_request against a verifier, its answers cached by token. */
export const nginxConfig = (
  { folder, port, upstream, verifier }: Record<"folder", string> & Record<string, number | string>,
) => `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log /dev/null;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 10000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  proxy_cache_path ${folder}/cache keys_zone=tokens:10m;
  limit_req_zone $http_authorization zone=users:10m rate=1000000r/s;
  upstream service { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 10000000; }
  upstream verifier { server 127.0.0.1:${verifier}; keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location / {
      auth_request /verify; limit_req zone=users burst=1000000 nodelay;
      proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection "";
    }
    location = /verify {
      internal; proxy_pass http://verifier/api/content/verify; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_pass_request_body off; proxy_set_header Content-Length "";
      proxy_cache tokens; proxy_cache_key $http_authorization; proxy_cache_valid 200 60s;
    }
  }
}
`;

/** One thread, like one process of ours. Verifies each request; counts each user. */
export const haproxyConfig = (
  { upstream, plain, rs256, es256, folder }: Record<string, number | string>,
) => `
global
  nbthread 1
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  timeout http-request 10s
frontend plain
  bind 127.0.0.1:${plain}
  default_backend service
${
  [["RS256", rs256], ["ES256", es256]].map(([algorithm, port]) => `
backend table_${algorithm}
  stick-table type string len 64 size 100k expire 60s store http_req_rate(10s)
frontend ${algorithm}
  bind 127.0.0.1:${port}
  http-request set-var(txn.bearer) http_auth_bearer
  http-request set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')
  http-request deny deny_status 401 unless { var(txn.alg) -m str ${algorithm} }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_payload_query('$.iss') -m str http://praxis.test }
  http-request deny deny_status 401 unless { var(txn.bearer),jwt_verify(txn.alg,"${folder}/${algorithm}.pem") 1 }
  http-request set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')
  http-request set-var(txn.now) date()
  http-request deny deny_status 401 if { var(txn.exp),sub(txn.now) -m int lt 0 }
  http-request set-var(txn.sub) var(txn.bearer),jwt_payload_query('$.sub')
  http-request track-sc0 var(txn.sub) table table_${algorithm}
  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 1000000000 }
  http-request set-header X-User-ID %[var(txn.sub)]
  http-request del-header Authorization
  default_backend service`).join("\n")
}
backend service
  http-reuse always
  server one 127.0.0.1:${upstream}
`;

/** Deno's floor: a server that answers, and one that hands on with `fetch` and does nothing else. */
export const bareServer = (port: number, upstream?: number) =>
  upstream === undefined
    ? `Deno.serve({ port: ${port}, hostname: "127.0.0.1" }, () => new Response('{"items":[]}'));`
    : `Deno.serve({ port: ${port}, hostname: "127.0.0.1" }, (request) => {
  const url = "http://127.0.0.1:${upstream}" + new URL(request.url).pathname;
  return fetch(url, { method: request.method, headers: [["accept-encoding", "identity"]] });
});`;
