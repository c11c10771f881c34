//! `rten`: its product with and without packing beforehand, and ONNX models.

use std::hint::black_box;

use rten::{Model, NodeId, RunOptions, Value, ValueOrView};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::prelude::*;
use rten_tensor::{NdTensor, Tensor};
use wasm_bindgen::prelude::*;

use crate::product::{Multiply, Shape};

/// Operands as rten's tensors, the result in a buffer that stays.
pub struct RtenProduct {
    executor: GemmExecutor,
    a: NdTensor<f32, 2>,
    b: NdTensor<f32, 2>,
    packed: Option<PackedBMatrix<f32>>,
    c: Vec<f32>,
}

impl RtenProduct {
    pub fn new(Shape { m, k, n }: Shape, a: Vec<f32>, b: Vec<f32>, is_packed: bool) -> Self {
        let executor = GemmExecutor::new();
        let (a, b) = (NdTensor::from_data([m, k], a), NdTensor::from_data([k, n], b));
        let packed = is_packed.then(|| executor.prepack_b(b.view()));
        Self { executor, a, b, packed, c: vec![0.0; m * n] }
    }
}

impl Multiply for RtenProduct {
    fn run(&mut self) {
        let b = match &self.packed {
            Some(packed) => GemmInputB::Packed(packed),
            None => GemmInputB::Unpacked(self.b.view()),
        };
        let a = GemmInputA::Unpacked(black_box(self.a.view()));
        self.executor
            .gemm(black_box(&mut self.c), a, b, GemmOptions::default())
            .expect("the sizes fit: Product::new checked them");
    }

    fn result(&self) -> Vec<f32> {
        self.c.clone()
    }
}

/// A model from ONNX bytes whose inputs stay the same.
#[wasm_bindgen]
pub struct RtenModel {
    model: Model,
    inputs: Vec<(NodeId, Value)>,
    output: NodeId,
    answer: Vec<f32>,
}

#[wasm_bindgen]
impl RtenModel {
    /// Inputs `x` and `eps` of `batch` rows, the first output; constant weights are packed on loading.
    #[wasm_bindgen(constructor)]
    pub fn new(onnx: Vec<u8>, batch: usize, x: Vec<f32>, eps: Vec<f32>) -> Result<Self, JsError> {
        let model = rten::ModelOptions::with_all_ops().prepack_weights(true).load(onnx)?;
        let node = |name: &str| model.node_id(name);
        let mut inputs = Vec::new();
        for (name, values) in [("x", x), ("eps", eps)] {
            let columns = values.len() / batch;
            inputs.push((node(name)?, Tensor::from_data(&[batch, columns], values).into()));
        }
        let output = model.output_ids()[0];
        Ok(Self { model, inputs, output, answer: Vec::new() })
    }

    /// Runs the model `calls` times.
    pub fn run(&mut self, calls: u32) {
        for _ in 0..calls {
            let inputs: Vec<(NodeId, ValueOrView)> =
                self.inputs.iter().map(|(id, value)| (*id, value.into())).collect();
            let outputs = self.model.run(inputs, &[self.output], None::<RunOptions>);
            let mut outputs = outputs.expect("the model ran when it was checked");
            let tensor: Tensor<f32> =
                outputs.remove(0).try_into().expect("the output is a tensor of f32");
            self.answer = tensor.into_data();
        }
    }

    /// The last output, row by row.
    pub fn result(&self) -> Vec<f32> {
        self.answer.clone()
    }
}
