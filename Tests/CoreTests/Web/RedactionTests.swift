import Testing

@testable import ComfyCore

@Suite struct RedactionTests {
  @Test(arguments: [
    ("GET https://u:planted@x/a failed", "GET https://***@x/a failed"),
    ("https://planted@x", "https://***@x"),
    ("see https://x/a?b=1&token=planted&c=2.", "see https://x/a?b=1&token=***&c=2."),
    ("Location: /a?X-Amz-Signature=planted;x", "Location: /a?X-Amz-Signature=***"),
    ("/a?x=1;token=planted;y=2", "/a?x=1;token=***;y=2"),
    ("%3Ftoken%3Dplanted%26b%3D1", "%3Ftoken%3D***%26b%3D1"),
    ("%253Ftoken%253Dplanted%2526b%253D1", "%253Ftoken%253D***%2526b%253D1"),
    ("?%74oken=planted", "?%74oken=***"), ("?token=pla%26nted&b", "?token=***&b"),
    ("https%3A%2F%2Fu%3Aplanted%40x%2Fa", "https%3A%2F%2F***%40x%2Fa"),
    ("{\"token\": \"planted\", \"a\": 1}", "{\"token\": \"***\", \"a\": 1}"),
    ("{\\\"token\\\":\\\"planted\\\"}", "{\\\"token\\\":\\\"***\"}"),
    ("Authorization: Bearer planted planted\r\nAccept: */*", "Authorization: ***\r\nAccept: */*"),
    ("< set-cookie: a=planted; b", "< set-cookie: ***"),
    ("password = 'planted words' end", "password = '***' end"),
    ("sent Bearer plantedplantedplanted to x", "sent Bearer *** to x"),
    ("sent bearer plantedplantedplanted.x", "sent bearer ***"),
    ("sent Basic cGxhbnRlZDpwbGFudGVk to x", "sent Basic *** to x"),
    ("sent Basic bWU6cGxhbnRlZA== to x", "sent Basic *** to x"),
    ("sent Basic plantedplantedplanted to x", "sent Basic *** to x"),
    ("sent Bearer 550e8400-planted-41d4-a716-4466 to x", "sent Bearer *** to x"),
    ("sent Bearer eyPlanted.eyplanted.planted-x_9 to x", "sent Bearer *** to x"),
    ("Authorization: Basic planted.json", "Authorization: ***"),
    ("a hf_plantedPlantedPlantedPlantedPlanted b", "a *** b"),
    ("HF_TOKEN=planted ./run", "HF_TOKEN=*** ./run"),
    ("ghp_planted0planted0planted0planted0planted0", "***"),
    ("{'token': 'planted'}", "{'token': '***'}"), ("{\"token\":planted", "{\"token\":***"),
    ("-H 'X-Api-Key: planted': refused", "-H 'X-Api-Key: ***': refused"),
    ("'https://x/a?token=planted': refused", "'https://x/a?token=***': refused"),
    ("token=\u{301}planted", "token=***"), ("ü?token=planted ü", "ü?token=*** ü"),
  ])
  func masks(_ text: String, _ redacted: String) {
    #expect(Redaction.redact(text) == redacted)
    #expect(!Redaction.redact(text).contains("planted"))
    #expect(Redaction.redact(redacted) == redacted)
  }

  @Test(arguments: [
    "", "plain words", "https://x/a?b=1&c=2#d", "the token of the file", "policy: none, sign: here",
    "https://huggingface.co/o/r/resolve/main/hf_lora.safetensors", "100% sure %zz %4", "a@b.c",
    "sk-flux-something-long-model-name-v1.safetensors", "basic auth, bearer of news", "://",
    "cannot list '/etc/passwd': not a directory", "/run/secret: permission denied",
    "cannot read 'my token': no such file", "'style.token': wrong size: 7 bytes expected",
    "cannot read \"/run/my\\tsecret\": no such file", "models/token_classifier.bin",
    "set HF_TOKEN to read it", "'Basic text-to-image-workflow.json' is JSON",
    "no workflow file 'Basic inpainting-with-mask.png'",
    "no workflow 'Basic text-to-image-workflow_v2'",
    "no model 'bearer of-long-standing-names.safetensors'",
  ])
  func leavesTheRest(_ text: String) {
    #expect(Redaction.redact(text) == text)
  }

  @Test(arguments: [
    "x planted/+= y", "https://x/planted%2F%2B%3D", "%70lanted/%2b=", "aplanted/+=planted/+=",
  ])
  func knownSecretsGoWherever(_ text: String) {
    let shown = Redaction.redact(text, knowing: [Secret("planted/+=")])
    #expect(!shown.contains("lanted"))
    #expect(shown.contains("***"))
  }
}
