// Four certified OpenID providers on loopback, each with the habits of one that people use. Started by tests/oidc/providers.py,
// which says in the first argument (JSON) who may ask; answers their addresses as one line of JSON and runs until it is ended.
import { generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

process.stdin.resume().on('end', () => process.exit(0));
const { redirects, secrets, apple, digital, addresses } = JSON.parse(process.argv[2]);

const key = (kind, options, more) => ({ ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }), use: 'sig', ...more });
const jwks = { keys: [key('rsa', { modulusLength: 2048 }, { kid: 'r1', alg: 'RS256' }), key('ec', { namedCurve: 'P-256' }, { kid: 'e1', alg: 'ES256' })] };

const client = (name, more) => ({
  client_id: `${name}-client`, client_secret: secrets[name], redirect_uris: [redirects[name]],
  response_types: ['code'], grant_types: ['authorization_code'], token_endpoint_auth_method: 'client_secret_post',
  id_token_signed_response_alg: 'RS256', ...more,
});

const common = {
  jwks,
  pkce: { required: () => true },
  cookies: { keys: ['only for tests'] },
  enabledJWA: { idTokenSigningAlgValues: ['RS256', 'ES256', 'HS256'], clientAuthSigningAlgValues: ['ES256'] },
  claims: { openid: ['sub'], address: ['address'] },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, address: addresses[sub] }) }),
  features: { devInteractions: { enabled: true } },
};

async function start(clients, routes, tweak = () => {}) {
  const server = createServer();
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(url, { ...common, routes, clients });
  tweak(provider, url);
  server.on('request', provider.callback());
  return url;
}

// Sign in with Apple: the secret is a JWT that the client signs with its key
function bySignedSecret(provider, url) {
  provider.Client.prototype.compareClientSecret = function compare(said) {
    try {
      const [head, body, signature] = said.split('.');
      const header = JSON.parse(Buffer.from(head, 'base64url'));
      const claims = JSON.parse(Buffer.from(body, 'base64url'));
      const now = Date.now() / 1000;
      return header.alg === 'ES256' && header.kid === apple.kid && claims.iss === apple.team && claims.aud === url
        && claims.sub === this.clientId && claims.iat <= now + 5 && claims.exp > now && claims.exp <= claims.iat + 15777000
        && verify('sha256', `${head}.${body}`, { key: apple.jwk, format: 'jwk', dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    } catch { return false; }
  };
}

const realm = '/protocol/openid-connect';
console.log(JSON.stringify({
  line: await start([client('line', { id_token_signed_response_alg: 'HS256' })], { authorization: '/oauth2/v2.1/authorize', token: '/oauth2/v2.1/token' }),
  google: await start([client('google'), client('town', { id_token_signed_response_alg: 'ES256', token_endpoint_auth_method: 'client_secret_basic' })], {}),
  apple: await start([client('apple')], { authorization: '/auth/authorize', token: '/auth/token', jwks: '/auth/keys' }, bySignedSecret),
  digital: await start([client('residence', {
    client_secret: undefined, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256',
    id_token_signed_response_alg: 'ES256', jwks: { keys: [digital] }, scope: 'openid address',
  })], { authorization: `${realm}/auth`, token: `${realm}/token`, userinfo: `${realm}/userinfo`, jwks: `${realm}/certs` }),
}));
