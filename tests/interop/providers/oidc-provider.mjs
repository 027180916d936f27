// Certified `oidc-provider`, once for each way in which it is to be healthy or broken, each at a port of its own.
// It is told the clients (JSON, as the registration protocol has them), and says where each provider is (JSON).
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import Provider, { errors } from 'oidc-provider';

const clients = JSON.parse(process.argv[2]);
const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const jwks = { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] };

const grant = async (ctx) => {
  const found = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
  found.addOIDCScope('openid profile email offline_access');
  await found.save();
  return found; // as for an app of one's own: no consent page
};

const resources = ['https://a.example.com', 'https://b.example.com'];

const grantWithResources = async (ctx) => {
  const found = await grant(ctx);
  resources.forEach((resource) => found.addResourceScope(resource, 'read'));
  await found.save();
  return found;
};

const resourceIndicators = {
  enabled: true,
  defaultResource: (_, __, oneOf) => oneOf,
  getResourceServerInfo: (_, resource) => {
    if (!resources.includes(resource)) {
      throw new errors.InvalidTarget();
    }
    return { scope: 'read', audience: resource, accessTokenTTL: 120, accessTokenFormat: 'jwt' };
  },
};

const healthy = {
  clients,
  jwks,
  cookies: { keys: ['a key of the tests'] },
  claims: { email: ['email'], profile: ['name'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: id, email: `${id}@example.com` }) }),
  loadExistingGrant: grant,
  // offline_access takes prompt=consent here (OpenID Connect Core section 11), unless the provider decides otherwise
  issueRefreshToken: async (_, client) => client.grantTypeAllowed('refresh_token'),
  rotateRefreshToken: true,
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
  ttl: { AccessToken: 120, IdToken: 120, Grant: 3600, Session: 3600, Interaction: 600, RefreshToken: 3600 },
};

const variants = {
  healthy: {},
  'no-offline-access': { scopes: ['openid'] },
  HS256: {
    enabledJWA: { idTokenSigningAlgValues: ['HS256'] },
    clients: clients.map((client) => ({ ...client, id_token_signed_response_alg: 'HS256' })),
  },
  'plain-only': {},
  'refuses-pkce': {},
  'no-keys': {},
  'other-issuer': {},
  'sign-in-page': {},
  'metadata-left-out': {},
  resources: { features: { ...healthy.features, resourceIndicators }, loadExistingGrant: grantWithResources },
  'takes-consent': { issueRefreshToken: undefined, loadExistingGrant: undefined },
};

const says = (changes) => async (ctx, next) => {
  await next();
  if (ctx.path.endsWith('openid-configuration')) {
    ctx.body = { ...ctx.body, ...changes };
  }
};

const broken = {
  'no-keys': async (ctx, next) => (ctx.path === '/jwks' ? ctx.throw(503) : next()),
  'other-issuer': says({ issuer: 'https://login.example.com' }),
  'plain-only': says({ code_challenge_methods_supported: ['plain'] }),
  // less than it can do
  'metadata-left-out': says({
    code_challenge_methods_supported: undefined,
    scopes_supported: ['openid'],
    grant_types_supported: ['authorization_code'],
  }),
  // an error is answered with the sign-in page, which nobody may frame
  'sign-in-page': async (ctx, next) => {
    await next();
    if (ctx.path === '/auth' && ctx.query.prompt === 'none' && !ctx.get('cookie')) {
      ctx.remove('location');
      ctx.status = 200;
      ctx.type = 'html';
      ctx.set('X-Frame-Options', 'DENY');
      ctx.body = '<title>Sign in</title><form><input name="login"></form>';
    }
  },
  'refuses-pkce': async (ctx, next) => {
    if (ctx.path === '/auth' && ctx.query.code_challenge && clients.some((c) => c.redirect_uris.includes(ctx.query.redirect_uri))) {
      const error = { error: 'invalid_request', error_description: 'code_challenge_method is not supported', state: ctx.query.state };
      return ctx.redirect(`${ctx.query.redirect_uri}?${new URLSearchParams(error)}`);
    }
    return next();
  },
};

console.warn = () => {}; // what it says of development
console.info = () => {};
const started = Object.entries(variants).map(
  ([name, changes]) =>
    new Promise((resolve) => {
      let answer;
      const server = createServer((request, response) => answer(request, response));
      server.listen(0, '127.0.0.1', () => {
        const issuer = `http://localhost:${server.address().port}`;
        const provider = new Provider(issuer, { ...healthy, ...changes });
        if (broken[name]) {
          provider.use(broken[name]);
        }
        answer = provider.callback();
        resolve([name, issuer]);
      });
    }),
);
process.stdout.write(`${JSON.stringify(Object.fromEntries(await Promise.all(started)))}\n`);
process.stdin.on('end', () => process.exit()).resume(); // it lives as long as who started it
