// The package names a dist/index.d.ts that it does not ship; this is what the element uses of it.
declare module "@getodk/web-forms" {
  import type { DefineComponent, Plugin } from "vue";

  export const POST_SUBMIT__NEW_INSTANCE: unique symbol;

  export interface MonolithicPayload {
    payloadType: "monolithic";
    status: "ready" | "pending";
    /** One form: `xml_submission_file` and one part for each file, named as the file. */
    data: [FormData];
  }

  export type SubmitCallback = (
    result: Promise<{ next: typeof POST_SUBMIT__NEW_INSTANCE }> | { next: typeof POST_SUBMIT__NEW_INSTANCE },
  ) => void;

  export interface OdkWebFormProps {
    formXml: string;
    fetchFormAttachment: (resource: URL) => Promise<Response>;
    missingResourceBehavior?: "ERROR" | "BLANK";
    trackDevice?: boolean;
    preloadProperties?: { deviceID?: string; username?: string; email?: string; phoneNumber?: string };
    editInstance?: {
      resolveInstance: () => Promise<string>;
      attachmentFileNames: string[];
      resolveAttachment: (name: string) => Promise<Response>;
      /** Put in by our build: an instance kept earlier, to be restored as itself. */
      draft?: FormData;
    };
    onSubmit?: (payload: MonolithicPayload, callback: SubmitCallback) => void;
  }

  export const OdkWebForm: DefineComponent<OdkWebFormProps>;
  export const webFormsPlugin: Plugin;
}
declare module "virtual:web-forms.css";
