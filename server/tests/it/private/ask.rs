//! What there is to be asked: endpoints, pages, and questions that a private delta would be an answer to.

use std::{collections::BTreeMap, fs, path::Path};

use axum::http::Method;
use serde_json::Value;

use super::{SECRET, TRACE};

/// A way into the API.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// How.
    pub method: Method,
    /// Where.
    pub path: String,
    /// What its description says of it.
    pub operation: Value,
}

/// The API's description.
pub fn described() -> Value {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json")).expect("the API's description");
    serde_json::from_str(&text).expect("JSON")
}

/// The API's endpoints, from its description.
pub fn endpoints() -> Vec<Endpoint> {
    let mut found = Vec::new();
    for (path, methods) in described()["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            // A stream does not end; what it tells is tried in `api/live.rs`.
            if operation["responses"]["200"]["content"].get("text/event-stream").is_none() {
                let method = method.to_uppercase().parse().expect("a method");
                found.push(Endpoint { method, path: path.clone(), operation: operation.clone() });
            }
        }
    }
    found
}

/// Paths of the pages one can look at, from `route.rs`.
pub fn pages() -> Vec<String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema/src/route.rs")).expect("the routes");
    let (mut found, mut about) = (Vec::new(), "");
    for line in text.lines().map(str::trim).take_while(|line| !line.starts_with("pub mod api")) {
        if line.starts_with("///") {
            about = line;
        } else if line.ends_with("\";") && !about.contains("(POST)") {
            found.extend(line.split('"').nth(1).filter(|path| path.starts_with('/')).map(str::to_owned));
        }
    }
    assert!(found.len() > 20, "the routes are written in another way now: {found:?}");
    found
}

/// A path with this world's values in it.
pub fn filled(path: &str, world: &BTreeMap<&str, String>) -> String {
    let mut url = path.to_owned();
    while let Some((before, rest)) = url.clone().split_once('{') {
        let (name, after) = rest.split_once('}').expect("a closing brace");
        let value = world.get(name).unwrap_or_else(|| panic!("{path}: this world has no value for {{{name}}}: add one"));
        url = format!("{before}{value}{after}");
    }
    url
}

/// Questions that a private delta would be an answer to.
pub fn questions(path: &str) -> Vec<String> {
    let queries = [
        SECRET.to_owned(),
        format!("{SECRET}*"),
        "is:private".to_owned(),
        "label:cve".to_owned(),
        "project:neutron component:ovs".to_owned(),
        "segment:vendor-x impact:>0".to_owned(),
        "reporter:tom".to_owned(),
        "sort:updated".to_owned(),
        "is:open sort:impact".to_owned(),
    ];
    let q = |path: &str| -> Vec<String> {
        queries.iter().map(|query| format!("{path}?q={}", query.replace(' ', "%20").replace('>', "%3E"))).collect()
    };
    match path {
        "/api/v1/deltas" | "/deltas" | "/deltas.atom" | "/deltas.csv" | "/deltas.json" => {
            q(path).into_iter().chain([path.to_owned()]).collect()
        }
        "/api/v1/deltas/similar" => {
            vec![format!("{path}?title={SECRET}&project=neutron"), format!("{path}?title=Port&text={SECRET}%20in%20the%20agent")]
                .into_iter()
                .chain([format!("{path}?{}", serde_html_form::to_string([("title", "It falls over"), ("text", TRACE)]).expect("a query"))])
                .collect()
        }
        "/api/v1/completions" => ["label:", "label:c", "project:", "reporter:t", "comp", "component:"]
            .iter()
            .map(|query| format!("{path}?of=deltas&q={query}"))
            .collect(),
        path if path.ends_with("/failures") => vec![path.to_owned(), format!("{path}?explained=false"), format!("{path}?explained=true")],
        _ => vec![path.to_owned()],
    }
}
