//! Labels of deltas.

use std::collections::HashMap;

use sea_query::{Expr, ExprTrait, Order, Query, SelectStatement};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    error::Result,
    store::{
        gather::{Gather, Gathered},
        table::DeltaLabel,
    },
};

/// Asks for the labels of the deltas that `ids` selects.
pub fn ask(gather: &mut Gather, ids: SelectStatement) {
    let mut select = Query::select();
    select
        .expr_as(gather.id(DeltaLabel::DeltaId), "delta_id")
        .column(DeltaLabel::Label)
        .from(DeltaLabel::Table)
        .and_where(Expr::col(DeltaLabel::DeltaId).in_subquery(ids))
        .order_by(DeltaLabel::Label, Order::Asc);
    gather.part("labels", &["delta_id", "label"], select);
}

/// Their labels, in alphabetical order.
///
/// # Errors
/// When [`ask`] was not.
pub fn told(gathered: &mut Gathered) -> Result<HashMap<Uuid, Vec<String>>> {
    #[derive(Deserialize)]
    struct Line {
        delta_id: Uuid,
        label: String,
    }
    let mut labels: HashMap<Uuid, Vec<String>> = HashMap::new();
    for Line { delta_id, label } in gathered.take("labels")? {
        labels.entry(delta_id).or_default().push(label);
    }
    Ok(labels)
}
