//! Who is asking: nobody, a signed-in person, a token's owner, or a project's CI.
//!
//! Loaded once per request, by [`load`]; handlers take it as an extractor. It only knows facts. Whether the caller may do
//! something is decided in `act`, once.

use std::{ops::Deref, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use schema::user::{Role, Scope};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};
use tower_sessions::Session;
use uuid::Uuid;

use crate::{
    app::App,
    clock,
    error::{Error, Kind, Result},
    store,
    store::db::with_one_reader,
};

/// The key in the session that holds the user's id.
pub const SESSION_USER: &str = "user";

/// The key in the session that holds what the browser said it is.
pub const SESSION_AGENT: &str = "agent";
/// The key in the session that holds when it was last noted as seen, in Unix seconds.
pub const SESSION_SEEN: &str = "seen";
/// How often it is noted that a session or token is in use.
const TOUCH: Duration = Duration::hours(1);

/// Who is asking; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Caller(Arc<Who>);

/// What is known of who is asking.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// The person, if there is one.
    pub user: Option<User>,
    /// Their organisations.
    pub orgs: Vec<Membership>,
    /// Projects they maintain.
    pub maintains: Vec<Uuid>,
    /// Projects whose private deltas they see: those of whose security group they are.
    pub guards: Vec<Uuid>,
    /// How they came in.
    pub via: Via,
    /// When a person asks: what the navigation counts depends on it.
    pub at: Option<OffsetDateTime>,
    /// What the act before this page had to say to them.
    pub said: Option<String>,
    /// For a guest: whether anybody may make an account, as long as no administrator says otherwise.
    pub registration_open: bool,
}

/// A signed-in person.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// Inside id.
    pub id: Uuid,
    /// Handle.
    pub name: String,
    /// As shown.
    pub display_name: String,
    /// Runs this instance.
    #[serde(deserialize_with = "store::gather::flag")]
    pub is_admin: bool,
}

/// A part in an organisation.
#[derive(Clone, Debug, Deserialize)]
pub struct Membership {
    /// The organisation.
    pub org: Uuid,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The person's role there.
    pub role: Role,
}

/// How a request came in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Via {
    /// With nothing.
    #[default]
    Nobody,
    /// With a session's cookie.
    Session,
    /// With a person's token.
    Token(Vec<Scope>),
    /// With a project's CI token.
    Ci {
        /// The project it reports for.
        project: Uuid,
        /// The token.
        token: Uuid,
    },
}

impl Deref for Caller {
    type Target = Who;
    fn deref(&self) -> &Who {
        &self.0
    }
}

impl Caller {
    /// A caller of these facts.
    pub fn new(who: Who) -> Self {
        Self(Arc::new(who))
    }

    /// The person's id, if there is a person.
    pub fn user_id(&self) -> Option<Uuid> {
        self.user.as_ref().map(|user| user.id)
    }

    /// The person, for reading their own things.
    ///
    /// # Errors
    /// 401 when nobody is signed in, 403 with a CI token: it is known, and nobody's.
    pub fn person(&self) -> Result<&User> {
        match self.via {
            Via::Ci { .. } => {
                Err(Error::forbidden("This is a project's CI token: it reports the project's runs and crashes, and nothing else."))
            }
            _ => self.user.as_ref().ok_or_else(Error::unauthenticated),
        }
    }

    /// The person, for changing something.
    ///
    /// # Errors
    /// 401 when nobody is signed in, 403 when their token may only read.
    pub fn actor(&self) -> Result<&User> {
        let user = self.person()?;
        match &self.via {
            Via::Token(scopes) if !scopes.contains(&Scope::Write) => {
                Err(Error::forbidden("This token may only read: it lacks the scope write."))
            }
            _ => Ok(user),
        }
    }

    /// The person, for what only a signed-in browser may do: a token can neither make tokens nor change how one signs in.
    ///
    /// # Errors
    /// 401 when nobody is signed in, 403 with a token.
    pub fn in_person(&self) -> Result<&User> {
        let user = self.person()?;
        match self.via {
            Via::Session => Ok(user),
            _ => Err(Error::forbidden("This is done signed in, not with a token.")),
        }
    }

    /// Their role in an organisation.
    pub fn role_in(&self, org: Uuid) -> Option<Role> {
        self.orgs.iter().find(|member| member.org == org).map(|member| member.role)
    }

    /// Whether they run this instance.
    pub fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.is_admin)
    }

    /// Whether they maintain a project. Administrators do not by being administrators.
    pub fn maintains(&self, project: Uuid) -> bool {
        self.maintains.contains(&project)
    }

    /// Whether they are of a project's security group; its maintainers are while nobody else was named.
    pub fn guards(&self, project: Uuid) -> bool {
        self.guards.contains(&project)
    }

    /// Names the caller, for rate limits and idempotency keys.
    pub fn label(&self) -> String {
        match (&self.via, self.user_id()) {
            (Via::Ci { token, .. }, _) => format!("token:{token}"),
            (_, Some(user)) => format!("user:{user}"),
            _ => "nobody".to_owned(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_default())
    }
}

/// Puts the [`Caller`] into the request: from `Authorization` on the API's routes, else from the session.
pub async fn load(State(app): State<App>, session: Session, mut request: Request, next: Next) -> Response {
    let caller = match request.headers().get(header::AUTHORIZATION) {
        Some(value) if request.uri().path().starts_with("/api/") => match value.to_str().ok().and_then(|text| text.strip_prefix("Bearer "))
        {
            Some(secret) => with_one_reader(by_token(&app, secret.trim())).await,
            None => Err(Error::new(Kind::Unauthenticated, "Authorization must be: Bearer and a token of this server.")),
        },
        _ => with_one_reader(by_session(&app, &session)).await,
    };
    let said = said(&request);
    match caller {
        Ok(caller) => {
            let caller = if said.is_some() { Caller::new(Who { said, ..(*caller.0).clone() }) } else { caller };
            request.extensions_mut().insert(caller.clone());
            let mut response = next.run(request).await;
            response.extensions_mut().insert(caller);
            response
        }
        Err(error) => error.into_response(),
    }
}

/// Around the API's routes: who changes something is somebody, which is said before the body is read. Who makes an account is nobody yet,
/// and who reports a run or a crash may be CI: what takes these asks for itself.
pub async fn known(caller: Caller, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let asks_itself = path == "/api/v1/users" || path.ends_with("/runs") || path.ends_with("/occurrences");
    match caller.person() {
        Err(error) if !request.method().is_safe() && !asks_itself => error.into_response(),
        _ => next.run(request).await,
    }
}

async fn by_session(app: &App, session: &Session) -> Result<Caller> {
    let guest = || Caller::new(Who { registration_open: app.config.registration == "open", ..Who::default() });
    let Some(id) = session.get::<Uuid>(SESSION_USER).await? else { return Ok(guest()) };
    let mut tx = app.db.read().await?;
    let Some(who) = store::user::who(&mut tx, id).await? else { return Ok(guest()) };
    drop(tx);
    let now = app.clock.now().unix_timestamp();
    if now - session.get::<i64>(SESSION_SEEN).await?.unwrap_or_default() >= TOUCH.whole_seconds() {
        // Being changed, it is saved with the answer: `seen_at`, its end and the cookie's move on.
        session.insert(SESSION_SEEN, now).await?;
    }
    Ok(Caller::new(Who { via: Via::Session, at: Some(app.clock.now()), ..who }))
}

/// The owner of a feed token, for what only feeds show.
///
/// # Errors
/// 401 for a secret that is none, was revoked or has expired; 403 for any other token: what does more is not put into an address.
pub async fn by_feed_token(app: &App, secret: &str) -> Result<Caller> {
    let caller = token_of(app, secret).await?;
    match &caller.via {
        Via::Token(scopes) if scopes.as_slice() == [Scope::Feed] => Ok(caller),
        _ => Err(Error::forbidden(
            "Only a feed token goes into an address: this one may do more. Make one in the settings, and revoke this one.",
        )),
    }
}

async fn by_token(app: &App, secret: &str) -> Result<Caller> {
    let caller = token_of(app, secret).await?;
    match &caller.via {
        Via::Token(scopes) if scopes.contains(&Scope::Feed) => {
            Err(Error::forbidden("This is a feed token: it reads feeds by their address, and nothing else."))
        }
        _ => Ok(caller),
    }
}

async fn token_of(app: &App, secret: &str) -> Result<Caller> {
    let mut tx = app.db.read().await?;
    let now = app.clock.now();
    let (token, owner) = store::token::find(&mut tx, &clock::digest(secret), now).await?.ok_or_else(Error::unauthenticated)?;
    let who = match (token.user_id, token.project_id) {
        (Some(_), _) => Who { via: Via::Token(token.scopes), ..owner.ok_or_else(Error::unauthenticated)? },
        (None, Some(project)) => Who { via: Via::Ci { project, token: token.id }, ..Who::default() },
        (None, None) => return Err(Error::unauthenticated()),
    };
    drop(tx);
    if token.used_at.is_none_or(|used| now - used >= TOUCH) {
        let mut tx = app.db.write().await?;
        store::token::touch(&mut tx, token.id, now).await?;
        tx.commit().await?;
    }
    Ok(Caller::new(who))
}

/// What somebody showed to come in, to ask again later whether it still holds: for answers that go on for long.
#[derive(Clone, Debug)]
pub struct Pass {
    token: Option<String>,
    session: Session,
}

impl Pass {
    /// What a request showed.
    pub fn new(headers: &axum::http::HeaderMap, session: Session) -> Self {
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|text| text.strip_prefix("Bearer "));
        Self { token: token.map(|secret| secret.trim().to_owned()), session }
    }

    /// Who that is now: nobody, after signing out.
    ///
    /// # Errors
    /// 401 for a token that was taken back.
    pub async fn caller(&self, app: &App) -> Result<Caller> {
        match &self.token {
            Some(secret) => by_token(app, secret).await,
            None if self.session.id().is_none() => Ok(Caller::default()),
            None => {
                // Read anew: it remembers what it once held.
                self.session.load().await?;
                by_session(app, &self.session).await
            }
        }
    }
}

/// The sentence in the cookie that [`crate::page::lead`] set.
fn said(request: &Request) -> Option<String> {
    let cookies = request.headers().get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let value = cookies.flat_map(|value| value.split("; ")).find_map(|pair| pair.strip_prefix("said="))?;
    serde_html_form::from_str::<Vec<(String, String)>>(&format!("said={value}"))
        .ok()?
        .pop()
        .map(|(_, text)| text)
        .filter(|text| !text.is_empty())
}

/// Text in the alphabet of cookies and URLs.
pub fn percent(text: &str) -> String {
    serde_html_form::to_string([("", text)]).unwrap_or_default().trim_start_matches('=').to_owned()
}
