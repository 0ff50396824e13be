//! Things most tests need, made through the API as people make them.

use serde_json::{Value, json};

use super::{Client, TestApp};

impl TestApp {
    /// A project of this slug, with the components `agent`, `api` and `ovs` and the segments `vendor-x` and `large`;
    /// `maintainer` is its one maintainer.
    pub async fn project(&self, slug: &str, maintainer: &Client) {
        maintainer.post("/api/v1/projects", json!({ "slug": slug, "name": slug })).await.status(201);
        for component in ["agent", "api", "ovs"] {
            let path = format!("/api/v1/projects/{slug}/components/{component}");
            maintainer.put(&path, json!({ "name": component })).await.ok();
        }
        for (segment, name) in [("vendor-x", "vendor-x driver"), ("large", "over 1000 hosts")] {
            maintainer.put(&format!("/api/v1/projects/{slug}/segments/{segment}"), json!({ "name": name })).await.ok();
        }
    }

    /// A delta filed by `client`; what `new` does not say is filled in (a bug of `neutron`). Gives its key.
    pub async fn delta(&self, client: &Client, new: Value) -> String {
        let mut body = json!({
            "kind": "bug",
            "project": "neutron",
            "title": "Port stays DOWN after the agent restarts",
            "desired": "A bound port returns to `ACTIVE` within 10 s.",
            "actual": "1 in 30 ports stays `DOWN`.",
        });
        if let (Some(body), Value::Object(new)) = (body.as_object_mut(), new) {
            body.extend(new);
        }
        let reply = client.post("/api/v1/deltas", body).await.status(201);
        reply.json["key"].as_str().expect("a key").to_owned()
    }
}
