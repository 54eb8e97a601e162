//! Networks from scalars and vectors to scalars, vectors and tensors of rank two, under any group of matrices that keeps a
//! form: G-RepsNet, EMLP, plain networks, and networks over bodies.
//!
//! [`Io`] says what enters and leaves and under which group, [`Spec`] what the network is made of, and
//! [`Network::build`] adds it to a graph. Standardisation, one scale for each type of tensor, is for whoever makes the data:
//! a mean or a scale of single components would break the symmetry.

mod algebra;
mod bodies;
pub mod emlp;
mod grepsnet;
mod mlp;
mod released;
mod scope;
mod spec;

pub use scope::Weight;
pub use spec::{Breaks, Gate, Kind, Spec, Start, UnknownKind, Wiring};

use super::field::{Field, FieldType};
use super::layer::Symmetry;
use super::space::{Space, SpaceError};
use crate::engine::{Builder, EngineError, Var};
use crate::maths::Matrix;
use crate::maths::matrix_group::{Factor, Family, NamedGroup};
use scope::Scope;

/// What enters and leaves a network, and under which group.
#[derive(Clone, Debug, PartialEq)]
pub struct Io {
    /// The base space with its group and form.
    pub space: Space,
    /// Scalars that enter.
    pub t0_in: usize,
    /// Vectors that enter.
    pub t1_in: usize,
    /// Scalars that leave.
    pub t0_out: usize,
    /// Vectors that leave.
    pub t1_out: usize,
    /// Tensors of rank two that leave.
    pub t2_out: usize,
    /// Where it is n > 0, the scalars are n charges, the vectors n positions and then n velocities, and n positions leave. The
    /// group is then that of the space with translations of all positions, O(3) standing for E(3).
    pub bodies: usize,
}

impl Io {
    /// From (scalars, vectors) to (scalars, vectors, tensors of rank two).
    pub fn new(space: Space, from: (usize, usize), to: (usize, usize, usize)) -> Self {
        let ((t0_in, t1_in), (t0_out, t1_out, t2_out)) = (from, to);
        Self { space, t0_in, t1_in, t0_out, t1_out, t2_out, bodies: 0 }
    }

    /// Two vectors under O(5) to a scalar.
    ///
    /// # Errors
    /// None for the groups known here; it is passed on from [`Space::new`].
    pub fn o5() -> Result<Self, NetworkError> {
        Ok(Self::new(named(Family::Orthogonal, 5)?, (0, 2), (1, 0, 0)))
    }

    /// Five masses and their places under O(3) to a tensor of rank two.
    ///
    /// # Errors
    /// As [`Io::o5`].
    pub fn inertia() -> Result<Self, NetworkError> {
        Ok(Self::new(named(Family::Orthogonal, 3)?, (5, 5), (0, 0, 1)))
    }

    /// Four momenta under O(1,3) to a scalar.
    ///
    /// # Errors
    /// As [`Io::o5`].
    pub fn lorentz() -> Result<Self, NetworkError> {
        Ok(Self::new("O(1,3)".parse()?, (0, 4), (1, 0, 0)))
    }

    /// n charges, positions and velocities in space under E(3) to n positions.
    ///
    /// # Errors
    /// As [`Io::o5`].
    pub fn nbody(n: usize) -> Result<Self, NetworkError> {
        let io = Self::new(named(Family::Orthogonal, 3)?, (n, 2 * n), (0, n, 0));
        Ok(Self { bodies: n, ..io })
    }

    /// The same under another group of the same dimension: SO(3), SO⁺(1,3).
    pub fn under(self, space: Space) -> Self {
        Self { space, ..self }
    }

    /// Type of what enters.
    pub fn in_type(&self) -> FieldType {
        FieldType::point(self.space.clone(), self.t0_in, self.t1_in)
    }

    /// Type of what leaves.
    pub fn out_type(&self) -> FieldType {
        FieldType::point(self.space.clone(), self.t0_out, self.t1_out).and_t2(self.t2_out)
    }
}

/// A network that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// A group without a form.
    #[error(transparent)]
    Space(#[from] SpaceError),
    /// A kind that has no network of this type.
    #[error("there is no {kind} from {from} to {to}")]
    Type {
        /// The kind.
        kind: Kind,
        /// What enters.
        from: String,
        /// What leaves.
        to: String,
    },
    /// A size of zero, or one beyond reason.
    #[error("{what} is {found}; it must be between 1 and {most}")]
    Size {
        /// Which size.
        what: &'static str,
        /// What was given.
        found: usize,
        /// The most.
        most: usize,
    },
    /// Inputs of other shapes.
    #[error("the network takes {expected} with one batch, but was given {found}")]
    Input {
        /// What it takes.
        expected: String,
        /// What it was given.
        found: String,
    },
    /// Equivariant maps that could not be found.
    #[error("bases of equivariant maps: {0}")]
    Basis(String),
    /// The graph is not well formed.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// What a weight belongs to: penalties and rates may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The nonlinear part of a network of scalars.
    Scalar,
    /// Everything else.
    Mixing,
}

/// A network in a graph, with its weights.
pub struct Built<'b> {
    /// What it gives.
    pub out: Field<'b>,
    /// Its weights in order of declaration.
    pub weights: Vec<Weight<'b>>,
}

impl<'b> Built<'b> {
    /// Σ ‖w‖² over all weights, those of [`Part::Scalar`] counting `scalar` times: shape [1]. `None` without weights.
    pub fn penalty(&self, scalar: f64) -> Option<Var<'b>> {
        let term = |w: &Weight<'b>| match w.part {
            Part::Scalar => w.var.square().sum_all() * scalar,
            Part::Mixing => w.var.square().sum_all(),
        };
        self.weights.iter().map(term).reduce(|a, b| a + b)
    }
}

/// A network from an [`Io`] and a [`Spec`].
#[derive(Clone, Debug)]
pub struct Network {
    spec: Spec,
    io: Io,
    emlp: Option<emlp::Plan>,
    parameters: usize,
}

/// Largest width and depth.
const MOST: (usize, usize) = (1024, 16);

impl Network {
    /// Checks that there is such a network, and prepares it.
    ///
    /// # Errors
    /// [`NetworkError::Type`], [`NetworkError::Size`], [`NetworkError::Basis`].
    pub fn new(spec: Spec, io: Io) -> Result<Self, NetworkError> {
        let sizes = [
            ("the width", spec.width, MOST.0),
            ("the scalar width", spec.hidden, MOST.0),
            ("the depth", spec.depth, MOST.1),
        ];
        if let Some(&(what, found, most)) = sizes.iter().find(|(_, n, most)| !(1..=*most).contains(n)) {
            return Err(NetworkError::Size { what, found, most });
        }
        if !spec.kind.takes(&io) || io.t1_in == 0 || io.out_type().components() == 0 {
            let (from, to) = (io.in_type().to_string(), io.out_type().to_string());
            return Err(NetworkError::Type { kind: spec.kind, from, to });
        }
        let emlp = (spec.kind == Kind::Emlp).then(|| emlp::Plan::new(&spec, &io)).transpose()?;
        let mut network = Self { spec, io, emlp, parameters: 0 };
        network.parameters = network.count()?;
        Ok(network)
    }

    fn count(&self) -> Result<usize, NetworkError> {
        let b = Builder::new();
        let t0 = (self.io.t0_in > 0).then(|| b.input("t0", &[1, self.io.t0_in]));
        let t1 = b.input("t1", &[1, self.io.space.dim(), self.io.t1_in]);
        self.assemble(&b, "network", t0, Some(t1))?;
        Ok(b.finish()?.params.iter().map(|p| p.shape.iter().product::<usize>()).sum())
    }

    /// Adds the network to a graph, its parameters below `path`: t0 [B, t0_in] (absent where there are none), t1
    /// [B, D, t1_in] → t0 [B, t0_out], t1 [B, D, t1_out], t2 [B, D·D, t2_out], each absent where its count is zero.
    ///
    /// # Errors
    /// [`NetworkError::Input`].
    pub fn build<'b>(
        &self,
        b: &'b Builder,
        path: &str,
        t0: Option<Var<'b>>,
        t1: Option<Var<'b>>,
    ) -> Result<Field<'b>, NetworkError> {
        self.assemble(b, path, t0, t1).map(|built| built.out)
    }

    /// As [`Network::build`], with the weights, for penalties on them.
    ///
    /// # Errors
    /// [`NetworkError::Input`].
    pub fn assemble<'b>(
        &self,
        b: &'b Builder,
        path: &str,
        t0: Option<Var<'b>>,
        t1: Option<Var<'b>>,
    ) -> Result<Built<'b>, NetworkError> {
        let x = self.accept(t0, t1)?;
        let scope = Scope::new(b, path);
        let (t0, t1, t2) = self.parts(&scope, x);
        let out = Field { ty: self.io.out_type(), t0, t1, t2 };
        Ok(Built { out, weights: scope.finish() })
    }

    fn parts<'b>(&self, scope: &Scope<'b>, (t0, t1): Inputs<'b>) -> Outputs<'b> {
        let (spec, io) = (&self.spec, &self.io);
        match spec.kind {
            Kind::Egnn | Kind::Gnn => bodies::build(scope, spec, io, (t0, t1)),
            Kind::Grepsnet if io.bodies > 0 => bodies::build(scope, spec, io, (t0, t1)),
            Kind::Grepsnet => grepsnet::build(scope, spec, io, (t0, t1)),
            Kind::GrepsnetReleased => released::build(scope, spec, io, (t0, t1)),
            Kind::Mlp | Kind::MlpAug => mlp::build(scope, spec, io, (t0, t1)),
            Kind::Emlp => match &self.emlp {
                Some(plan) => emlp::build(scope, spec, io, (t0, t1), plan),
                None => (None, None, None),
            },
        }
    }

    fn accept<'b>(&self, t0: Option<Var<'b>>, t1: Option<Var<'b>>) -> Result<Inputs<'b>, NetworkError> {
        let shapes = [t0, t1].map(|v| v.map(Var::shape));
        let batch = shapes[1].as_ref().and_then(|s| s.first().copied()).unwrap_or(1);
        let wants_t0 = (self.io.t0_in > 0).then(|| vec![batch, self.io.t0_in]);
        let wants_t1 = vec![batch, self.io.space.dim(), self.io.t1_in];
        match t1 {
            Some(t1) if shapes == [wants_t0, Some(wants_t1)] => Ok((t0, t1)),
            _ => Err(NetworkError::Input {
                expected: self.io.in_type().to_string(),
                found: format!("T0 {:?}, T1 {:?}", shapes[0], shapes[1]),
            }),
        }
    }

    /// What it claims.
    pub fn symmetry(&self) -> Symmetry {
        let Breaks { bias, euclidean, whole_batch } = self.spec.breaks;
        let plain = matches!(self.spec.kind, Kind::Mlp | Kind::MlpAug | Kind::Gnn);
        let broken = bias || whole_batch || (euclidean && !self.io.space.is_definite());
        let exact = !plain && !broken && self.io.space.keeps_form();
        if exact { Symmetry::Exact } else { Symmetry::None }
    }

    /// Number of its parameters, those that its outputs happen not to depend on included, as published figures do.
    pub fn parameters(&self) -> usize {
        self.parameters
    }

    /// What it is made of.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// What enters and leaves.
    pub fn io(&self) -> &Io {
        &self.io
    }
}

/// Scalars [B, t0_in], vectors [B, D, t1_in].
type Inputs<'b> = (Option<Var<'b>>, Var<'b>);

/// Scalars, vectors, tensors of rank two.
type Outputs<'b> = (Option<Var<'b>>, Option<Var<'b>>, Option<Var<'b>>);

/// A named orthogonal space.
fn named(family: Family, n: usize) -> Result<Space, NetworkError> {
    let group =
        NamedGroup::new(vec![Factor::new(family, n).map_err(SpaceError::Name)?]).map_err(SpaceError::Name)?;
    Ok(Space::new(group.build(), Matrix::identity(n))?)
}
