/// A site whose addresses, credentials and responses are known.
public enum Hub: String, Sendable, Hashable, CaseIterable {
  case huggingFace = "Hugging Face"
  case civitai = "Civitai"
  case gitHub = "GitHub"

  /// The hub that a host belongs to; `host` is lower case and without a final dot.
  ///
  /// Whole host names are compared: `civitai.com` and its subdomains belong to Civitai,
  /// `civitai.com.example.org` does not.
  public init?(host: String) {
    switch host {
    case "huggingface.co", "www.huggingface.co", "hf.co", "www.hf.co": self = .huggingFace
    case "github.com", "www.github.com", "raw.githubusercontent.com",
      "media.githubusercontent.com":
      self = .gitHub
    case "civitai.com", "civitai.red": self = .civitai
    default:
      guard host.hasSuffix(".civitai.com") || host.hasSuffix(".civitai.red") else { return nil }
      self = .civitai
    }
  }

  /// Environment variables that may hold a token for the hub, highest precedence first.
  public var tokenVariables: [String] {
    switch self {
    case .huggingFace: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]
    case .civitai: ["CIVITAI_API_TOKEN", "CIVITAI_TOKEN"]
    case .gitHub: []
    }
  }

  /// The page where users create tokens and change what a token may read; `nil` if there is none.
  public var tokenPage: String? {
    switch self {
    case .huggingFace: "https://huggingface.co/settings/tokens"
    case .civitai: "https://civitai.com/user/account"
    case .gitHub: nil
    }
  }

  /// Header fields that make the hub respond as to a program: Civitai then responds in JSON
  /// instead of redirecting to a login page.
  package var requestFields: [ResponseHead.Field] {
    self == .civitai
      ? [ResponseHead.Field(name: "Content-Type", value: "application/json")] : []
  }

  /// The host that the hub's addresses usually have.
  public var canonicalHost: String {
    switch self {
    case .huggingFace: "huggingface.co"
    case .civitai: "civitai.com"
    case .gitHub: "github.com"
    }
  }
}
