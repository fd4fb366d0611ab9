# SPDX-License-Identifier: Apache-2.0
"""What the scripts that train networks of PyTorch share."""

import io

import numpy as np
import onnx
import torch

OPSET = 17
# At a time when a network is evaluated.
BATCH = 100


def deterministic(seed):
    """Have the same run give the same weights: one thread, so that sums keep their order."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def export(model, example, name, path):
    """Write the graph, whose input has this name and whose output are logits, as PyTorch's exporter does."""
    file = io.BytesIO()
    torch.onnx.export(
        model,
        (example,),
        file,
        input_names=[name],
        output_names=["logits"],
        opset_version=OPSET,
        dynamo=False,
    )
    exported = onnx.load_from_string(file.getvalue())
    onnx.checker.check_model(exported, full_check=True)
    onnx.save(exported, path)
    print([node.op_type for node in exported.graph.node])


def print_accuracy(model, name, inputs, labels):
    """How many samples the model gets right."""
    with torch.no_grad():
        batches = zip(inputs.split(BATCH), labels.split(BATCH))
        right = sum(int((model(batch).argmax(dim=1) == truth).sum()) for batch, truth in batches)
    print(f"{name} accuracy: {right}/{len(labels)} = {right / len(labels):.4f}")


def write_csv(path, inputs, labels, digits=0):
    """One row a sample: its values with so many digits behind the point, then the label."""
    # Zero is added so that none is written as -0.
    rows = np.column_stack([inputs.numpy().reshape(len(inputs), -1), labels.numpy()]) + 0.0
    formats = [f"%.{digits}f"] * (rows.shape[1] - 1) + ["%d"]
    np.savetxt(path, rows, fmt=formats, delimiter=",")
