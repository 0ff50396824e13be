//! The API's reference, from the same document that `/api/v1/openapi.json` serves.

use std::{collections::BTreeMap, sync::LazyLock};

use axum::{Router, extract::State, response::Response, routing::get};
use schema::{
    reference::{Group, Operation},
    route,
};
use serde_json::Value;

use crate::{api, app::App, caller::Caller, error::Result, page};

/// Its page.
pub fn routes() -> Router<App> {
    Router::new().route(route::REFERENCE, get(show))
}

static GROUPS: LazyLock<Vec<Group>> = LazyLock::new(|| {
    let (_, openapi) = api::routes();
    groups(&serde_json::to_value(openapi).unwrap_or_default())
});

async fn show(State(app): State<App>, caller: Caller) -> Result<Response> {
    let mut tx = app.db.read().await?;
    let shell = page::shell(&mut tx, &caller, "API", route::REFERENCE, false).await?;
    Ok(page::show(&app, shell, || web::page::reference::reference(&GROUPS)))
}

fn groups(document: &Value) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    let paths = document["paths"].as_object();
    for (path, item) in paths.into_iter().flatten() {
        let short = path.trim_start_matches("/api/v1");
        let name = short.split('/').nth(1).unwrap_or_default().to_owned();
        for method in ["get", "post", "put", "patch", "delete"] {
            if let Some(entry) = item.get(method) {
                groups.entry(name.clone()).or_default().push(operation(document, method, short, entry));
            }
        }
    }
    groups.into_iter().map(|(name, operations)| Group { name, operations }).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn operation(document: &Value, method: &str, path: &str, entry: &Value) -> Operation {
    let parameters = entry["parameters"].as_array().into_iter().flatten();
    let replies = entry["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&entry["summary"]),
        description: text(&entry["description"]),
        parameters: parameters.map(|p| (text(&p["name"]), text(&p["in"]), text(&p["description"]))).collect(),
        fields: fields(document, entry),
        replies: replies.map(|(status, reply)| (status.clone(), text(&reply["description"]))).collect(),
    }
}

/// The fields of a JSON body's object.
fn fields(document: &Value, entry: &Value) -> Vec<(String, String, String)> {
    let schema = resolve(document, &entry["requestBody"]["content"]["application/json"]["schema"]);
    let required: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties
        .map(|(name, property)| {
            let kind = kind(document, property);
            let kind = if required.contains(&name.as_str()) { kind } else { format!("{kind}, optional") };
            (name.clone(), kind, text(&property["description"]))
        })
        .collect()
}

fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|at| at.strip_prefix('#')) {
        Some(pointer) => document.pointer(pointer).unwrap_or(schema),
        None => schema,
    }
}

/// A type in words: `string`, `list of object`, `one of a, b`.
fn kind(document: &Value, schema: &Value) -> String {
    if let Some(inner) = schema["oneOf"].as_array().and_then(|of| of.iter().find(|one| one["type"] != "null")) {
        return kind(document, inner);
    }
    let schema = resolve(document, schema);
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    }
    let named = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or("any"),
        other => other.as_str().unwrap_or("any"),
    };
    if named == "array" { format!("list of {}", kind(document, &schema["items"])) } else { named.to_owned() }
}
