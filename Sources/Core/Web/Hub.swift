/// A site whose addresses, credentials and answers are known.
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

  /// Environment variables that hold a token for the hub, strongest first; empty for none.
  public var tokenVariables: [String] {
    switch self {
    case .huggingFace: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]
    case .civitai: ["CIVITAI_API_TOKEN", "CIVITAI_TOKEN"]
    case .gitHub: []
    }
  }

  /// The page where a user makes a token or changes what one may read.
  public var tokenPage: String? {
    switch self {
    case .huggingFace: "https://huggingface.co/settings/tokens"
    case .civitai: "https://civitai.com/user/account"
    case .gitHub: nil
    }
  }

  /// Header fields that make the hub answer as to a program: Civitai then says in JSON what it
  /// would otherwise show on a login page.
  package var requestFields: [ResponseHead.Field] {
    self == .civitai
      ? [ResponseHead.Field(name: "Content-Type", value: "application/json")] : []
  }

  /// The host in the usual form of the hub's addresses.
  public var canonicalHost: String {
    switch self {
    case .huggingFace: "huggingface.co"
    case .civitai: "civitai.com"
    case .gitHub: "github.com"
    }
  }
}
