#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Write the model 4-3-2 of the command line's tests, and samples for it.

Class 1 says that the first two pixels are brighter than the last two, class 0 that they are darker.
Needs the packages of models/digits/requirements.txt.
"""

from itertools import product
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
OPSET = 17
IR_VERSION = 8

TENSORS = {
    "weights_1": [[1, -1, 0.25], [1, -1, 0.25], [-1, 1, 0.25], [-1, 1, 0.25]],
    "biases_1": [0, 0, -1],
    "weights_2": [[-1, 1], [1, -1], [0.125, 0.125]],
    "biases_2": [0.5, -0.5],
}


def main():
    """Write model and samples beside this script."""
    graph = helper.make_graph(
        name="tiny",
        nodes=[
            helper.make_node("Gemm", ["pixels", "weights_1", "biases_1"], ["hidden"]),
            helper.make_node("Relu", ["hidden"], ["activations"]),
            helper.make_node("Gemm", ["activations", "weights_2", "biases_2"], ["logits"]),
        ],
        inputs=[helper.make_tensor_value_info("pixels", TensorProto.FLOAT, [1, 4])],
        outputs=[helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 2])],
        initializer=[
            numpy_helper.from_array(np.array(values, dtype=np.float32), name) for name, values in TENSORS.items()
        ],
    )
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="candor",
    )
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, HERE / "tiny.onnx")

    lines = [f"{a},{b},{c},{d},{int(a + b > c + d)}" for a, b, c, d in product((0, 5, 16), repeat=4) if a + b != c + d]
    (HERE / "samples.csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
