// `oidc-provider` as demanding deployments set it up: each variant enforces one thing, at a port of its own.
// It is told the clients (JSON, as the registration protocol has them) and the PEM files of its TLS, and says where
// each variant is (JSON): its issuer, and the address that servers reach it by.
import { X509Certificate, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Provider from 'oidc-provider';

const { clients, tls } = JSON.parse(process.argv[2]);
const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] };
const SERVER_PATHS = ['/.well-known', '/token', '/jwks', '/me', '/request']; // no browser asks these

const grant = async (ctx) => {
  const found = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  found.addOIDCScope('openid profile email offline_access');
  await found.save();
  return found; // as for an app of one's own: no consent page
};

const plain = {
  clients,
  jwks,
  cookies: { keys: ['a key of the tests'] },
  claims: { email: ['email'], profile: ['name'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id, email: `${id}@example.com` }) }),
  loadExistingGrant: grant,
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  conformIdTokenClaims: false,
  clientAuthMethods: ['client_secret_basic', 'none', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
  // rfc7523bis: the issuer is the only audience, and no list
  assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => {
    if (claims.aud !== ctx.oidc.issuer) {
      ctx.throw(401, 'aud has to be the issuer');
    }
  },
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true }, revocation: { enabled: true } },
  ttl: { AccessToken: 120, IdToken: 120, Grant: 3600, Session: 3600, Interaction: 600, RefreshToken: 3600 },
};

const mTLS = {
  enabled: true,
  tlsClientAuth: true,
  getCertificate: (ctx) => {
    const { raw } = ctx.req.socket.getPeerCertificate?.() ?? {};
    return raw && new X509Certificate(raw).toString();
  },
  certificateAuthorized: (ctx) => ctx.req.socket.authorized === true,
  certificateSubjectMatches: (ctx, _, expected) => `CN=${ctx.req.socket.getPeerCertificate().subject.CN}` === expected,
};

const onlyForms = async (ctx, next) => {
  if (ctx.path === '/auth' && ctx.query.client_id && ctx.query.response_mode !== 'form_post') {
    const error = { error: 'invalid_request', error_description: 'response_mode must be form_post', state: ctx.query.state };
    return ctx.redirect(`${ctx.query.redirect_uri}?${new URLSearchParams(error)}`);
  }
  return next();
};

const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

// A server whose answers are decided later, and where it is.
const reserved = async (options) => {
  let answer;
  const listener = (request, response) => answer(request, response);
  const port = await listening(options ? createTlsServer(options, listener) : createServer(listener));
  return [port, (callback) => (answer = callback)];
};

const of = (issuer, changes, ...middleware) => {
  const provider = new Provider(issuer, { ...plain, ...changes, features: { ...plain.features, ...changes.features } });
  middleware.forEach((one) => provider.use(one));
  return provider.callback();
};

const simple = async (changes, ...middleware) => {
  const [port, answers] = await reserved();
  const issuer = `http://localhost:${port}`;
  answers(of(issuer, changes, ...middleware));
  return { issuer, internal: issuer };
};

// Browsers reach it by one port and servers by another, and neither gets to what is the other's.
// `names` is what its discovery document calls its endpoints: all by the public address, as it should; those for servers
// by the internal one; or all by the address that it was asked at.
const inside = (names) => async () => {
  const [publicPort, publicly] = await reserved();
  const [internalPort, internally] = await reserved();
  const [issuer, internal] = [`http://localhost:${publicPort}`, `http://127.0.0.1:${internalPort}`];
  const callback = of(issuer, {}, async (ctx, next) => {
    await next();
    if (ctx.path.endsWith('openid-configuration') && names === 'internal for servers') {
      const moved = Object.entries(ctx.body).map(([name, value]) => {
        const isForServers = typeof value === 'string' && SERVER_PATHS.some((path) => value.startsWith(issuer + path));
        return [name, isForServers ? value.replace(issuer, internal) : value];
      });
      ctx.body = Object.fromEntries(moved);
    }
  });
  const isForServers = ({ url }) => SERVER_PATHS.some((path) => url.startsWith(path));
  const gone = (response) => response.writeHead(404).end();
  publicly((request, response) => (isForServers(request) ? gone(response) : callback(request, response)));
  internally((request, response) => {
    if (!isForServers(request)) {
      return gone(response);
    }
    if (names !== 'as asked') {
      request.headers.host = new URL(issuer).host;
    }
    return callback(request, response);
  });
  return { issuer, internal };
};

// https with a certificate of a private CA; with mutual TLS, clients show theirs at a port of its own.
const encrypted = (isMutual) => async () => {
  const files = { key: readFileSync(tls.key), cert: readFileSync(tls.cert) };
  const [port, answers] = await reserved(files);
  const issuer = `https://localhost:${port}`;
  if (!isMutual) {
    answers(of(issuer, {}));
    return { issuer, internal: issuer };
  }
  const demanding = { ...files, ca: readFileSync(tls.ca), requestCert: true, rejectUnauthorized: false };
  const [mutualPort, mutually] = await reserved(demanding);
  const aliases = { token_endpoint: '/token', revocation_endpoint: '/token/revocation' };
  const callback = of(issuer, {
    clients: clients.map((client) => ({
      ...client,
      jwks: undefined,
      client_secret: undefined,
      token_endpoint_auth_method: 'tls_client_auth',
      token_endpoint_auth_signing_alg: undefined,
      tls_client_auth_subject_dn: 'CN=app',
    })),
    clientAuthMethods: ['tls_client_auth'],
    features: { mTLS },
    discovery: {
      mtls_endpoint_aliases: Object.fromEntries(
        Object.entries(aliases).map(([name, path]) => [name, `https://localhost:${mutualPort}${path}`]),
      ),
    },
  });
  answers(callback);
  mutually(callback);
  return { issuer, internal: issuer };
};

const variants = {
  plain: () => simple({}),
  par: () => simple({ features: { pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: true } } }),
  'form-post': () => simple({}, onlyForms),
  internal: inside('public'),
  'internal-for-servers': inside('internal for servers'),
  'internal-as-asked': inside('as asked'),
  'private-ca': encrypted(false),
  'mutual-tls': encrypted(true),
};

console.warn = () => {}; // what it says of development
console.info = () => {};
const started = Object.entries(variants).map(async ([name, start]) => [name, await start()]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(await Promise.all(started)))}\n`);
process.stdin.on('end', () => process.exit()).resume(); // it lives as long as who started it
