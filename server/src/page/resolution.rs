//! How gaps end, and open again.

use axum::{Router, extract::State, response::Response, routing::post};
use schema::{
    delta::{PutResolution, Resolution},
    id::DeltaKey,
    route,
};
use serde::Deserialize;

use super::delta::{Sent, done};
use crate::{
    act,
    app::App,
    caller::Caller,
    error::{Error, Result},
    extract::{Form, Path},
};

/// Its pages.
pub fn routes() -> Router<App> {
    Router::new().route(route::DELTA_RESOLUTION, post(put))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filled {
    version: i64,
    /// A resolution, or `open` to reopen.
    resolution: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    release: String,
    #[serde(default)]
    duplicate_of: String,
}

async fn put(State(app): State<App>, caller: Caller, Path(delta): Path<DeltaKey>, Form(filled): Form<Filled>) -> Result<Response> {
    let version = Some(filled.version);
    if filled.resolution == "open" {
        let result = act::resolution::reopen(&app, &caller, delta, version, &filled.reason).await;
        return done(&app, &caller, delta, result, "It is open again.", sent(filled)).await;
    }
    let result = match read(&filled) {
        Ok(put) => act::resolution::put(&app, &caller, delta, version, put).await,
        Err(error) => Err(error),
    };
    done(&app, &caller, delta, result, "The gap is ended.", sent(filled)).await
}

/// One of the forms that end a gap: which of them, its hidden `resolution` says.
fn sent(filled: Filled) -> Sent {
    let Filled { resolution, reason, release, duplicate_of, .. } = filled;
    ("resolution", vec![("resolution", resolution), ("reason", reason), ("release", release), ("duplicate_of", duplicate_of)])
}

fn read(filled: &Filled) -> Result<PutResolution> {
    let resolution: Resolution = filled.resolution.parse().map_err(|error| Error::invalid("resolution", format!("{error}")))?;
    let duplicate_of = match filled.duplicate_of.trim() {
        "" => None,
        key => Some(key.parse().map_err(|_| Error::invalid("duplicate_of", "is not a key such as D-1042"))?),
    };
    let release = Some(filled.release.clone()).filter(|release| !release.is_empty());
    Ok(PutResolution { resolution, reason: filled.reason.clone(), release, duplicate_of })
}
