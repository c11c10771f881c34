//! The `gemm` crate; it has no way to pack beforehand.

use std::hint::black_box;

use crate::product::{Multiply, Shape};

/// Operands and result as plain rows.
pub struct GemmProduct {
    shape: Shape,
    a: Vec<f32>,
    b: Vec<f32>,
    c: Vec<f32>,
}

impl GemmProduct {
    pub fn new(shape: Shape, a: Vec<f32>, b: Vec<f32>) -> Self {
        Self { shape, a, b, c: vec![0.0; shape.m * shape.n] }
    }
}

impl Multiply for GemmProduct {
    fn run(&mut self) {
        let Shape { m, k, n } = self.shape;
        let (row_a, row_b) = (k.cast_signed(), n.cast_signed());
        let (a, b, c) = (self.a.as_ptr(), self.b.as_ptr(), self.c.as_mut_ptr());
        // SAFETY: the three hold m k, k n and m n values (checked by Product::new), and the strides are those of rows.
        unsafe {
            gemm::gemm(
                m,
                n,
                k,
                black_box(c),
                1,
                row_b,
                false,
                black_box(a),
                1,
                row_a,
                black_box(b),
                1,
                row_b,
                0.0,
                1.0,
                false,
                false,
                false,
                gemm::Parallelism::None,
            );
        }
    }

    fn result(&self) -> Vec<f32> {
        self.c.clone()
    }
}
