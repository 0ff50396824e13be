//! What each write that names a delta carries, so that it is the delta that is looked for, and not the body that is refused.

use std::collections::BTreeMap;

use axum::http::Method;
use serde_json::Value;

use super::ask::{Endpoint, filled};

/// A request's body.
#[derive(Clone, Debug)]
pub enum Sent {
    /// None.
    Nothing,
    /// JSON.
    Json(String),
    /// A file.
    Text(&'static str),
}

/// Bodies of writes whose address names a delta or a part of one. `$other` is another delta, which everybody sees.
const BODIES: [(&str, &str, &str); 26] = [
    ("PATCH", "/deltas/{delta}", r#"{"title":"The zyxomat leaks, as was said"}"#),
    ("POST", "/deltas/{delta}/comments", r#"{"body":"Here, too."}"#),
    ("PATCH", "/deltas/{delta}/comments/{comment}", r#"{"body":"Here, too, every day."}"#),
    ("PUT", "/deltas/{delta}/comments/{comment}/minimised", r#"{"reason":"resolved"}"#),
    ("PUT", "/deltas/{delta}/comments/{comment}/ticks/{task}", r#"{"done":true}"#),
    ("PUT", "/deltas/{delta}/embargo", r#"{"until":"$until"}"#),
    ("PUT", "/deltas/{delta}/evidence/{project}", r#"{"tests":["t.other"],"needed":1}"#),
    ("PUT", "/deltas/{delta}/fixed", r#"{"answer":"yes"}"#),
    ("PUT", "/deltas/{delta}/labels", r#"{"labels":["cve"]}"#),
    ("PUT", "/deltas/{delta}/lock", r#"{"reason":"It is said."}"#),
    ("POST", "/deltas/{delta}/occurrences", r#"{"version":"2026.1"}"#),
    ("PUT", "/deltas/{delta}/on-behalf", r#"{"name":"Jo","project":"neutron","severity":3}"#),
    ("PUT", "/deltas/{delta}/places/{project}", r#"{"components":["ovs"]}"#),
    ("PUT", "/deltas/{delta}/places/{project}/consensus", r#"{"state":"agreed","rationale":"It leaks."}"#),
    ("PUT", "/deltas/{delta}/places/{project}/position", r#"{"position":"agree"}"#),
    ("PUT", "/deltas/{delta}/places/{project}/positions/{user}/answer", r#"{"reason":"It was changed since."}"#),
    ("PUT", "/deltas/{delta}/relations/{other}", r#"{"relation":"blocks"}"#),
    ("PUT", "/deltas/{delta}/resolution", r#"{"resolution":"duplicate","duplicate_of":"$other"}"#),
    ("POST", "/deltas/{delta}/signatures", r#"{"project":"neutron","query":"test:t.agent message:fell"}"#),
    ("PUT", "/deltas/{delta}/signatures/{signature}", r#"{"query":"test:t.agent message:over"}"#),
    ("POST", "/deltas/{delta}/threads", r#"{"field":"desired","quote":"zyxomat","body":"Which of them?"}"#),
    ("POST", "/deltas/{delta}/threads/{thread}/replies", r#"{"body":"Both."}"#),
    ("PUT", "/deltas/{delta}/vote", r#"{"severity":3}"#),
    ("POST", "/deltas/{delta}/vote/confirm", r#"{"release":"2026.1"}"#),
    ("PUT", "/orgs/{org}/stances/{delta}", r#"{"stance":"considering"}"#),
    ("PUT", "/tasks/{task}/deltas/{delta}", r#"{"relation":"resolves"}"#),
];

/// Writes to what everybody sees, in which `$key` is named: in the body, in a query, or as the other end.
pub const NAMING: [(&str, &str, &str); 10] = [
    ("PUT", "/deltas/{other}/resolution", r#"{"resolution":"duplicate","duplicate_of":"$key"}"#),
    ("PUT", "/deltas/{other}/relations/{delta}", r#"{"relation":"blocks"}"#),
    ("DELETE", "/deltas/{other}/relations/{delta}", ""),
    ("POST", "/deltas/bulk", r#"{"deltas":["$key"],"change":{"labels":{"add":["gate"]}}}"#),
    ("POST", "/deltas/bulk", r#"{"deltas":["$other"],"change":{"duplicate":{"of":"$key"}}}"#),
    ("PUT", "/failure-groups/{group}/delta", r#"{"delta":"$key"}"#),
    ("DELETE", "/failure-groups/{group}/delta?delta={delta}", ""),
    (
        "POST",
        "/orgs/{org}/tasks",
        r#"{"title":"Mend it","board":"main","column":"next","deltas":[{"delta":"$key","relation":"resolves"}]}"#,
    ),
    ("POST", "/projects/{project}/signatures/try", r#"{"query":"test:t.agent","delta":"$key"}"#),
    ("POST", "/markdown", r#"{"text":"As in $key, which was before."}"#),
];

/// Questions of everybody's in which `$key` is named.
pub const ASKING: [&str; 5] = [
    "/deltas?q={delta}",
    "/api/v1/deltas?q={delta}",
    "/api/v1/completions?of=deltas&q={delta}",
    "/deltas/{other}/duplicates?q={delta}",
    "/orgs/{org}/tasks/new?delta={delta}",
];

fn written(template: &str, world: &BTreeMap<&str, String>) -> String {
    template.replace("$key", &world["delta"]).replace("$other", &world["other"]).replace("$until", &world["until"])
}

/// An endpoint's address in this world, and what is sent there.
pub fn ask(endpoint: &Endpoint, world: &BTreeMap<&str, String>) -> (String, Sent) {
    let Endpoint { method, path, operation } = endpoint;
    // The task here is one of a list in a comment.
    let mut url = filled(&path.replace("/ticks/{task}", "/ticks/1"), world);
    let content = &operation["requestBody"]["content"];
    if content.get("application/json").is_some() {
        let short = path.strip_prefix("/api/v1").unwrap_or(path);
        let entry = BODIES.iter().find(|(verb, at, _)| *verb == method.as_str() && *at == short);
        let (.., body) = entry.unwrap_or_else(|| panic!("{method} {path}: it has no valid body in the table yet: add one"));
        (url, Sent::Json(written(body, world)))
    } else if content.is_object() {
        url += "?name=a.txt";
        (url, Sent::Text("what was seen"))
    } else {
        (url, Sent::Nothing)
    }
}

/// A write of [`NAMING`] in this world.
pub fn name((verb, path, body): (&str, &str, &str), world: &BTreeMap<&str, String>) -> (Method, String, Sent) {
    let sent = if body.is_empty() { Sent::Nothing } else { Sent::Json(written(body, world)) };
    (verb.parse().expect("a method"), filled(&format!("/api/v1{path}"), world), sent)
}

/// Whether this part of the description leads to a delta's key.
pub fn names_a_delta(described: &Value, part: &Value) -> bool {
    match part {
        Value::Object(fields) => fields.iter().any(|(name, value)| match value.as_str().filter(|_| name == "$ref") {
            Some(reference) if reference.ends_with("/DeltaKey") => true,
            Some(reference) => {
                let schema = reference.rsplit('/').next().unwrap_or_default();
                names_a_delta(described, &described["components"]["schemas"][schema])
            }
            None => names_a_delta(described, value),
        }),
        Value::Array(parts) => parts.iter().any(|part| names_a_delta(described, part)),
        _ => false,
    }
}
