//! Several small reads in one statement: the rows of each part come back as a JSON array.
//!
//! A statement's way to the database and back costs more than most of what a page asks there; a page that asks for a dozen
//! little things asks once.

use std::collections::HashMap;

use sea_query::{CommonTableExpression, Expr, IntoColumnRef, Query, SelectStatement, SimpleExpr, WithClause};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::db::{Dialect, Tx};
use crate::error::Result;

/// What is asked.
pub struct Gather {
    dialect: Dialect,
    first: Option<CommonTableExpression>,
    parts: Vec<(&'static str, SelectStatement)>,
}

impl Gather {
    /// Nothing yet, of this kind of database.
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, first: None, parts: Vec::new() }
    }

    /// The kind of database that is asked.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Finds the rows of `select` first, which the parts then read as the table `name`.
    pub fn first(&mut self, name: &'static str, select: SelectStatement) {
        self.first = Some(CommonTableExpression::new().table_name(name).query(select).materialized(true).to_owned());
    }

    /// Asks for the rows of `select` too, whose columns have these names. JSON holds no bytes: ids go through
    /// [`Self::id`], flags come back through [`flag`].
    pub fn part(&mut self, name: &'static str, columns: &[&'static str], select: SelectStatement) {
        let rows = match self.dialect {
            Dialect::Sqlite => {
                let pairs: Vec<_> = columns.iter().map(|column| format!("'{column}', \"{column}\"")).collect();
                format!("json_group_array(json_object({}))", pairs.join(", "))
            }
            Dialect::Postgres => "CAST(COALESCE(json_agg(line), '[]') AS text)".to_owned(),
        };
        let rows = Query::select().expr(Expr::cust(rows)).from_subquery(select, "line").take();
        self.parts.push((name, rows));
    }

    /// The text of an id; null where there is none.
    pub fn id(&self, column: impl IntoColumnRef) -> Expr {
        match self.dialect {
            Dialect::Sqlite => Expr::cust_with_exprs("NULLIF(hex(?), '')", [Expr::col(column)]),
            Dialect::Postgres => Expr::cust_with_exprs("CAST($1 AS text)", [Expr::col(column)]),
        }
    }

    /// The hexadecimal digits of bytes.
    pub fn hex(&self, column: impl IntoColumnRef) -> Expr {
        match self.dialect {
            Dialect::Sqlite => Expr::cust_with_exprs("lower(hex(?))", [Expr::col(column)]),
            Dialect::Postgres => Expr::cust_with_exprs("encode($1, 'hex')", [Expr::col(column)]),
        }
    }

    /// Asks all of it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(self, tx: &mut Tx) -> Result<Gathered> {
        if self.parts.is_empty() {
            return Ok(Gathered(HashMap::new()));
        }
        let mut all = Query::select();
        let names: Vec<_> = self.parts.iter().map(|(name, _)| *name).collect();
        for (name, rows) in self.parts {
            all.expr_as(SimpleExpr::SubQuery(None, Box::new(rows.into())), name);
        }
        if let Some(first) = self.first {
            all.with_cte(WithClause::new().cte(first).to_owned());
        }
        let Parts(found) = tx.one(&all).await?;
        let asked = names.len();
        let parts: HashMap<&'static str, String> = names.into_iter().zip(found).collect();
        debug_assert_eq!(asked, parts.len(), "two parts have one name");
        Ok(Gathered(parts))
    }
}

/// The one row that answers: SQLite's thread wakes who waits for it at every row.
struct Parts(Vec<String>);

impl<'r, R: Row> FromRow<'r, R> for Parts
where
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        (0..row.len()).map(|at| row.try_get(at)).collect::<sqlx::Result<_>>().map(Self)
    }
}

/// What was found.
pub struct Gathered(HashMap<&'static str, String>);

impl Gathered {
    /// The rows of a part; none where it was not asked for.
    ///
    /// # Errors
    /// When they are not what the caller takes them for.
    pub fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Vec<T>> {
        Ok(self.0.remove(name).map(|rows| serde_json::from_str(&rows)).transpose()?.unwrap_or_default())
    }
}

/// A flag, which SQLite tells as 0 or 1.
///
/// # Errors
/// For anything else.
pub fn flag<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Bool(bool),
        Number(i64),
    }
    Ok(match Flag::deserialize(from)? {
        Flag::Bool(flag) => flag,
        Flag::Number(number) => number != 0,
    })
}
