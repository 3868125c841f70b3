{
  "targets": [
    {
      "target_name": "reflection_tuning",
      "type": "none",
      "actions": [
        {
          "action_name": "build_with_cmake",
          "inputs": ["native/CMakeLists.txt"],
          "outputs": ["build/native/Release/reflection_tuning.node"],
          "action": ["node", "scripts/build-native.mjs"]
        }
      ]
    }
  ]
}
