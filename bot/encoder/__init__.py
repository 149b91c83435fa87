"""The sentence encoder: restored, exported, and run by onnxruntime."""
