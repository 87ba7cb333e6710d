// A real OpenID provider on the loopback, for the tests: says its issuer, reads where our server is, and signs in
// whoever asks under the name that they type.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { exportJWK, generateKeyPair } from "jose";
import { Provider } from "oidc-provider";

const server = createServer();
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
createInterface(process.stdin).once("line", async (line) => {
  const { url, here, secret } = JSON.parse(line);
  const keys = await Promise.all(
    ["RS256", "ES256"].map(async (alg) => ({
      ...(await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey)),
      kid: alg,
      use: "sig",
      alg,
    })),
  );
  const provider = new Provider(`http://127.0.0.1:${server.address().port}`, {
    clients: [
      {
        client_id: "rollcall",
        client_secret: secret,
        redirect_uris: [`${url}/auth/callback`],
        post_logout_redirect_uris: [`${url}/sign-in`],
        backchannel_logout_uri: `${here}/auth/backchannel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys },
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"] },
    features: { backchannelLogout: { enabled: true } },
    pkce: { required: () => true },
    // Its own fetch refuses every address of this machine.
    fetch: (address, { dispatcher, ...options }) => globalThis.fetch(address, options),
    cookies: { keys: ["a key of the tests"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: `number of ${id}`, preferred_username: id, groups: ["academic-affairs"] }),
    }),
  });
  server.on("request", provider.callback());
  console.log("ready");
});
