//! What CI does in tests.

use serde_json::{Value, json};
use server::{clock, store};

use super::{Client, Reply, TestApp};

impl TestApp {
    /// CI with a token of this project.
    pub async fn ci(&self, project: &str) -> Client {
        let secret = clock::secret("dlb_");
        let mut tx = self.app.db.write().await.expect("a transaction");
        let project = store::project::find(&mut tx, project).await.expect("the project").id;
        let scopes = [schema::user::Scope::Ci];
        let token =
            store::token::New { user: None, project: Some(project), name: "ci", scopes: &scopes, created_by: None, expires_at: None };
        store::token::insert(&mut tx, &token, &clock::digest(&secret), self.app.clock.now()).await.expect("a token");
        tx.commit().await.expect("kept");
        self.anyone().bearer(&secret)
    }
}

/// Posts a run of `neutron` as JSON.
pub async fn run(client: &Client, external_id: &str, tests: Value) -> Reply {
    let body = json!({ "external_id": external_id, "job": "unit", "branch": "main", "tests": tests });
    client.post("/api/v1/projects/neutron/runs", body).await
}

/// A test that failed and says so.
pub fn failed(test: &str, message: &str) -> Value {
    json!({ "test": test, "outcome": "failed", "message": message })
}

/// A test that passed.
pub fn passed(test: &str) -> Value {
    json!({ "test": test, "outcome": "passed" })
}
